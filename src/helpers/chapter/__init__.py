"""What each notebook holds: one object, a method per table or picture."""

from helpers.chapter.audit import Audit
from helpers.chapter.chapter import Chapter
from helpers.chapter.outlook import Outlook
from helpers.chapter.overview import Overview

__all__ = ["Audit", "Chapter", "Outlook", "Overview"]
