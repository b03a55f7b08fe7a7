"""The two staff groups and exactly what they need. Set after every migration.

A migration cannot do it: on a fresh database the permissions do not exist before `post_migrate`.
"""

from django.apps import apps as global_apps

CURRICULUM = "Kurikulum"
ORGANISERS = "Penyelenggara"
EDIT = ("add", "change", "view")
READ = ("view",)

# Deleting is left out wherever other rows may point; items are retired and people deactivated instead.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    CURRICULUM: {
        f"curriculum.{model}": (*EDIT, "delete") if model == "material" else EDIT
        for model in (
            "value",
            "behaviour",
            "keyword",
            "module",
            "objective",
            "topic",
            "point",
            "prompt",
            "guidingquestion",
            "material",
        )
    },
    ORGANISERS: {
        "accounts.user": EDIT,
        "journals.cohort": EDIT,
        "journals.group": (*EDIT, "delete"),
        "journals.gradeband": (*EDIT, "delete"),
        "journals.enrolment": EDIT,
        "journals.teaching": (*EDIT, "delete"),
        "journals.schedule": (*EDIT, "delete"),
        "journals.rubric": EDIT,
        "journals.criterion": (*EDIT, "delete"),
        "journals.level": (*EDIT, "delete"),
        "journals.extension": ("add", "view"),
        "journals.remedial": ("add", "view"),
        "journals.entry": READ,
        "journals.submission": READ,
        "journals.reminder": READ,
        "journals.phrase": READ,
        "journals.review": READ,
        "journals.takeover": READ,
        "journals.event": READ,
        "curriculum.module": READ,
    },
}


def ensure_groups(*, using: str = "default", apps=global_apps, **_signal) -> None:
    """Create the groups and give them exactly the rights of `RIGHTS`; changes by hand are undone."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    create_missing_permissions(using)
    found = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for name, rights in RIGHTS.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(
            found[app_label, f"{action}_{model}"]
            for label, actions in rights.items()
            for app_label, model in [label.split(".")]
            for action in actions
            if (app_label, f"{action}_{model}") in found
        )


def create_missing_permissions(using: str) -> None:
    """Django creates an app's permissions in the same signal, but apps after this one come later."""
    from django.contrib.auth.management import create_permissions

    for label in ("accounts", "curriculum", "journals"):
        create_permissions(global_apps.get_app_config(label), verbosity=0, using=using)
