"""One policy that does nothing, in the SDK's own loop: the least that any pack in Python costs."""

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

PolicyPack(
    name="empty",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(name="nothing", description="Nothing.", validate=lambda _arguments, _report: None)
    ],
)
