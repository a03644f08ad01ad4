"""A model of what edits do that knows nothing of the services: what the tests of curation hold the database against."""

from __future__ import annotations

from dataclasses import dataclass, field

from stories.models import Act, Article, Edit, Override, Story
from stories.services import marking

FIELDS = ("locked", "hidden", "named", "closing", "lead_id")


@dataclass
class State:
    """Where every article is, where every address leads, what is said of stories and articles."""

    where: dict[int, int] = field(default_factory=dict)
    leads: dict[int, int | None] = field(default_factory=dict)
    said: dict[tuple[int, str], object] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)

    @classmethod
    def real(cls) -> State:
        """As the database has it."""
        fields = Story.objects.values_list("pk", *FIELDS)
        return cls(
            dict(Article.objects.values_list("pk", "story")),
            dict(Story.objects.values_list("pk", "merged_into")),
            {(pk, name): value for pk, *values in fields for name, value in zip(FIELDS, values, strict=True)},
            {row.article_id: row.value["role"] for row in Override.objects.all()},
        )

    def replayed(self, before: int | None = None) -> State:
        """This state with all edits that stand laid over it, the earliest first; those before one of them alone."""
        state = State(dict(self.where), dict(self.leads), dict(self.said), dict(self.roles))
        edits = Edit.objects.standing().order_by("pk")
        for edit in edits if before is None else edits.filter(pk__lt=before):
            state.follow(edit)
        return state

    def follow(self, edit: Edit) -> None:
        """One edit, by what it says of itself."""
        for article, _before, after in edit.moves:
            self.where[article] = after
            if edit.act in (Act.SPLIT, Act.REMOVE):
                self.leads[after] = None
        if edit.act == Act.MERGE:
            self.leads = {pk: edit.story_id if to == edit.other_id else to for pk, to in self.leads.items()}
            self.leads[edit.other_id] = edit.story_id
        if edit.act in marking.ACTS:
            for name, value in edit.after.items():
                self.said[edit.story_id, name] = value
        if edit.act == Act.ROLE:
            value = edit.after["value"]
            self.roles.pop(edit.article_id, None)
            if value:
                self.roles[edit.article_id] = value["role"]
