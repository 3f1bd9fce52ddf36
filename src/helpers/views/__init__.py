"""What each notebook holds: one object with the frames of its view, and a method per table or picture."""

from helpers.views.chapter import Chapter
from helpers.views.findings import Audit
from helpers.views.outlook import Outlook
from helpers.views.overview import Overview

__all__ = ["Audit", "Chapter", "Outlook", "Overview"]
