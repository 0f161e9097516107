"""The state store of one Google Cloud project: settings, what is there already, the rest, and where it all is."""

import sys
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

# As a program of its own it begins in this folder; what it shares with the platform is beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bootstrap.existing import UnusableError, look
from bootstrap.state_settings import NAMESPACE, load
from bootstrap.state_store import StateStore, StateStoreArgs
from components.labels import google_labels
from components.stack_config import read_stack_config
from settings import SettingsError

try:
    settings = load(read_stack_config(NAMESPACE))
    google = gcp.Provider("google", project=settings.project)
    existing = look(settings, pulumi.InvokeOptions(provider=google))
except (SettingsError, UnusableError) as error:
    raise pulumi.RunError(str(error)) from None
labels = google_labels(platform=NAMESPACE, environment="shared", others={})
args = StateStoreArgs(settings=settings, existing=existing, labels=labels)
store = StateStore("state", args, pulumi.ResourceOptions(providers=[google]))

pulumi.export("backend_url", store.backend_url)
pulumi.export("secrets_provider", store.secrets_provider)
