"""Cloud Storage by its JSON API, under the pod's own identity: no key, no library, and no proxy.

`http.client` reads no proxy from the environment: through the egress proxy the metadata server would answer for the
proxy's identity. It follows no redirect either, so that the token goes to nobody else.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from . import FailedError, say

IDENTITY = "/computeMetadata/v1/instance/service-accounts/default"
TIMEOUT_SECONDS = 60
CHUNK_BYTES = 1 << 20
TRIES = 8
LONGEST_PAUSE_SECONDS = 30.0

T = TypeVar("T")


class UnavailableError(Exception):
    """May work when asked again."""


class GoneError(Exception):
    """The object, or this generation of it, is not there."""


@dataclass(frozen=True, kw_only=True)
class Object:
    """One generation of an object: the content of a generation never changes. `size` in bytes."""

    bucket: str
    name: str
    generation: str
    size: int

    def __str__(self) -> str:
        return f"gs://{self.bucket}/{self.name} generation {self.generation}"


class CloudStorage:
    """Asks again with growing pauses, the first of which is `pause_seconds`, up to eight times without any progress."""

    def __init__(self, *, storage: str, metadata_server: str, pause_seconds: float) -> None:
        self._storage = storage
        self._metadata_server = metadata_server
        self._pause_seconds = pause_seconds

    def describe(self, bucket: str, name: str) -> Object:
        """The object as it is now. Raises GoneError where there is none, FailedError where it cannot be known."""
        path = f"{_path(bucket, name)}?fields=generation,size"
        answer = self._patiently(lambda: self._json(self._storage, path, _bearer(self._token())))
        try:
            return Object(bucket=bucket, name=name, generation=str(answer["generation"]), size=int(answer["size"]))
        except (KeyError, ValueError) as error:
            raise FailedError(f"Cloud Storage does not say the generation and size of gs://{bucket}/{name}") from error

    def read(self, object: Object, start: int) -> Iterator[bytes]:
        """The content from this byte on, through as many answers as it takes. Raises GoneError and FailedError."""
        position, failures = start, 0
        while position < object.size:
            try:
                for chunk in self._answer(object, position):
                    position += len(chunk)
                    failures = 0
                    yield chunk
            except UnavailableError as error:
                failures += 1
                self._pause(failures, error)

    def _answer(self, object: Object, start: int) -> Iterator[bytes]:
        token = self._patiently(self._token)
        # Compressed objects as they are stored: Google would unpack what is marked as gzip, and then ignore the range.
        # https://cloud.google.com/storage/docs/transcoding
        headers = {**_bearer(token), "Accept-Encoding": "gzip", "Range": f"bytes={start}-"}
        path = f"{_path(object.bucket, object.name)}?alt=media&generation={object.generation}"
        with self._get(self._storage, path, headers) as response:
            if response.status == http.HTTPStatus.PARTIAL_CONTENT:
                if not (response.headers["Content-Range"] or "").startswith(f"bytes {start}-"):
                    raise UnavailableError("the answer is of another range than was asked for")
            else:
                _skip(response, start)
            missing = object.size - start
            while chunk := _read(response, CHUNK_BYTES):
                missing -= len(chunk)
                yield chunk
        if missing:
            raise UnavailableError(f"the answer ended {missing} bytes too early")

    def _token(self) -> str:
        # https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity: in the first seconds of a pod the
        # metadata server may not answer yet, and one asks again. It keeps tokens, and gives a new one in time.
        answer = self._json(self._metadata_server, f"{IDENTITY}/token", {"Metadata-Flavor": "Google"})
        if not isinstance(token := answer.get("access_token"), str):
            raise UnavailableError("the metadata server's answer has no token")
        return token

    def _identity(self) -> str:
        try:
            with self._get(self._metadata_server, f"{IDENTITY}/email", {"Metadata-Flavor": "Google"}) as response:
                return _read(response, 320).decode(errors="replace").strip()
        except (UnavailableError, GoneError, FailedError):
            return "the pod's Google identity"

    def _json(self, base: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        with self._get(base, path, headers) as response:
            try:
                answer = json.loads(_read(response, CHUNK_BYTES))
            except ValueError as error:
                raise UnavailableError(f"{base} answered no JSON") from error
        if not isinstance(answer, dict):
            raise UnavailableError(f"{base} answered no JSON object")
        return answer

    @contextmanager
    def _get(self, base: str, path: str, headers: dict[str, str]) -> Iterator[http.client.HTTPResponse]:
        url = urlsplit(base)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.netloc, timeout=TIMEOUT_SECONDS)
        try:
            try:
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise UnavailableError(f"{base}: {error or type(error).__name__}") from error
            self._judge(base, response)
            yield response
        finally:
            connection.close()

    def _judge(self, base: str, response: http.client.HTTPResponse) -> None:
        status, what = response.status, f"{base} answered {response.status} {response.reason}"
        if status in (200, 206):
            return
        if base == self._metadata_server or status in (408, 429) or status >= 500:
            raise UnavailableError(what)
        if status in (401, 403):
            raise FailedError(
                f"{what}: {self._identity()} needs roles/storage.objectViewer for the object; without the right to "
                f"list, an object that does not exist is forbidden too. A new grant takes minutes to hold everywhere"
            )
        if status in (404, 410):
            raise GoneError(what)
        raise FailedError(f"{what}: {_words(response)}")

    def _patiently(self, ask: Callable[[], T]) -> T:
        failures = 0
        while True:
            try:
                return ask()
            except UnavailableError as error:
                failures += 1
                self._pause(failures, error)

    def _pause(self, failures: int, error: UnavailableError) -> None:
        if failures == TRIES:
            raise FailedError(f"{error}; asked {TRIES} times") from error
        seconds = min(self._pause_seconds * 2 ** (failures - 1), LONGEST_PAUSE_SECONDS)
        say(f"{error}; asks again in {seconds:g} s")
        time.sleep(seconds)


def _path(bucket: str, name: str) -> str:
    return f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}"


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _skip(response: http.client.HTTPResponse, count: int) -> None:
    while count > 0:
        chunk = _read(response, min(count, CHUNK_BYTES))
        if not chunk:
            raise UnavailableError("the answer ended before the range that was asked for")
        count -= len(chunk)


def _read(response: http.client.HTTPResponse, count: int) -> bytes:
    try:
        return response.read(count)
    except (OSError, http.client.HTTPException) as error:
        raise UnavailableError(f"the answer broke off: {error or type(error).__name__}") from error


def _words(response: http.client.HTTPResponse) -> str:
    try:
        return " ".join(_read(response, 500).decode(errors="replace").split())
    except UnavailableError:
        return "without a reason"
