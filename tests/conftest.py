"""What all tests share: how hypothesis looks for examples."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Machines that run tests are slow at times: what an example costs says nothing of its truth.
settings.register_profile(
    "sidecar",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("sidecar")
