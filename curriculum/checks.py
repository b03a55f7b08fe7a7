"""System checks of the curriculum."""

from django.core.checks import Error, register

from curriculum.parsing import CATALOGUE, CatalogueError, read


@register()
def catalogue_is_sound(app_configs, **kwargs):
    """curriculum.E001: the catalogue file cannot be loaded. Reads the file, never the database."""
    try:
        read(CATALOGUE)
    except CatalogueError as error:
        return [
            Error(problem, hint="See manage.py load_curriculum --check.", id="curriculum.E001")
            for problem in error.problems
        ]
    return []
