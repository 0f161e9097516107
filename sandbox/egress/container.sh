# Becomes the container's own command, as a runtime starts it: the root an overlay that is read-only in the end, what a
# pod mounts mounted, the user without any capability. It is process 1 of its own, and no shell stays behind.
# Arguments: folder (with pod/, files/ and root/), root, user, python, stepping_down.py, then the command.
set -eu
folder=$1 root=$2 user=$3 python=$4 steps_down=$5
shift 5
cat "$folder/pod/hostname" > /proc/sys/kernel/hostname
# Everything below is this process's alone, in memory, and gone with it.
mount -t tmpfs -o mode=0755 tmpfs "$folder/root"
mkdir "$folder/root/upper" "$folder/root/work" "$folder/root/merged"
new=$folder/root/merged
mount -t overlay -o "lowerdir=$root,upperdir=$folder/root/upper,workdir=$folder/root/work" overlay "$new"
mkdir -p "$new/proc" "$new/dev" "$new/etc/egress-proxy" "$new/run/squid" "$new/var/log/squid" "$new/var/spool/squid"
for file in resolv.conf hosts hostname nsswitch.conf; do
    rm -f "$new/etc/$file"
    : > "$new/etc/$file"
    mount --bind "$folder/pod/$file" "$new/etc/$file"
done
mount -t proc -o nosuid,nodev,noexec proc "$new/proc"
mount -t tmpfs -o mode=0755 tmpfs "$new/dev"
for device in null zero full random urandom; do
    : > "$new/dev/$device"
    mount --bind "/dev/$device" "$new/dev/$device"
done
ln -s /proc/self/fd "$new/dev/fd"
ln -s /proc/self/fd/0 "$new/dev/stdin"
ln -s /proc/self/fd/1 "$new/dev/stdout"
ln -s /proc/self/fd/2 "$new/dev/stderr"
mkdir "$new/dev/shm"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$new/dev/shm"
for place in run/squid var/log/squid var/spool/squid; do
    # As kubelet makes an emptyDir for a pod with this fsGroup.
    mount -t tmpfs -o "mode=2777,gid=$user,size=256m" tmpfs "$new/$place"
done
mount --bind "$folder/files" "$new/etc/egress-proxy"
mount -o remount,bind,ro "$new/etc/egress-proxy"
mount -o remount,ro "$new"
exec "$python" -IS "$steps_down" "$new" "$user" "$@"
