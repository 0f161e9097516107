"""What has to be there before any stack: where state is kept and with which key its secrets are encrypted."""
