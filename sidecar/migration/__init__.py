"""From RxDB into the store, with nothing lost, and back."""

from sidecar.migration.report import format_report
from sidecar.migration.result import MigrationResult, Progress
from sidecar.migration.run import migrate

__all__ = ["MigrationResult", "Progress", "format_report", "migrate"]
