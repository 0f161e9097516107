"""The policy pack. Nothing may be printed before PolicyPack: its first line of output is the handshake."""

from guardrails.catalogue import CONTROLS
from guardrails.crossguard import policies
from pulumi_policy import EnforcementLevel, PolicyPack

PolicyPack(name="p2p-guardrails", enforcement_level=EnforcementLevel.MANDATORY, policies=policies(CONTROLS))
