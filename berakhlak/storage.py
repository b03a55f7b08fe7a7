"""Where static files come from in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; imports inside our ES modules are rewritten to the hashed names too.

    Without the flag they keep their plain names, and WHITENOISE_KEEP_ONLY_HASHED_FILES deletes those.
    Only our own folder: installed packages name files in comments that do not exist.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
