"""The organiser's desk in Django admin: cohorts, rubrics, and the records that can only be read."""

from journals.admin import cohort, people, records, rubric

__all__ = ["cohort", "people", "records", "rubric"]
