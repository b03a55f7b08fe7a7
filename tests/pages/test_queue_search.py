"""Words of the submitted text in the queue's search: whose text, which text, and how the place is shown."""

import re

import pytest
from django.urls import reverse

from journals import triggers, workflow
from journals.models import Submission
from journals.services import queue as queues
from tests import factory
from tests.factory import NOW
from tests.pages.test_queue import counts, names, page

RATNA, DIMAS = "Ratna Kusumaningrum, A.Md.Keb.", "Dimas Prayogo, S.E."
TEXT = "<p>Pagi itu loket <strong>pelayanan</strong> kami ramai, dan seorang ibu menunggu lama sekali.</p>"


def excerpts(html: str) -> list[str]:
    """What stands below the rows, with its markup."""
    return re.findall(r'class="queue-found"[^>]*><p><span[^>]*>Ditemukan dalam teks: </span>(.*?)</p>', html)


def test_words_of_the_text_find_it_and_say_where(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0], text=TEXT)
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    html = page(as_user, cast.instructor, cari="PELAYAN loket")
    assert names(html) == [RATNA]
    assert counts(html)[0] == 1
    assert excerpts(html) == [
        "Pagi itu <mark>loket</mark> <mark>pelayanan</mark> kami ramai, dan seorang ibu menunggu …"
    ]
    assert "Nama, NDH, atau kata dalam teks" in html
    assert names(page(as_user, cast.instructor, cari="layanan")) == []  # not the beginning of a word
    assert names(page(as_user, cast.instructor, cari="loket antre")) == []  # all of the words, or nothing
    assert names(page(as_user, cast.instructor, cari="menunggu", tab="dinilai")) == []


def test_names_are_found_by_any_of_their_parts_without_an_excerpt(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0], text=TEXT)
    factory.submitted(cast.peer_enrolment, cast.modules[0], text=TEXT)
    html = page(as_user, cast.instructor, cari="prayogo dim")
    assert names(html) == [DIMAS]
    assert excerpts(html) == []
    assert names(page(as_user, cast.instructor, cari="prayogo loket")) == []  # one place holds all words


def test_only_what_was_handed_in_last_is_searched(cast, as_user):
    """Drafts are their author's alone, and a withdrawn text is a draft again."""
    factory.draft(cast.peer_enrolment, cast.modules[0], text="<p>Rahasia dalam draf, belum dikirim.</p>")
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    factory.draft(cast.enrolment, cast.modules[0], text="<p>Rahasia dalam draf, belum dikirim.</p>")
    assert names(page(as_user, cast.instructor, cari="rahasia", tab="dikembalikan")) == []
    assert names(page(as_user, cast.instructor, cari="mendengarkan", tab="dikembalikan")) == [RATNA]
    factory.submitted(cast.enrolment, cast.modules[0], text=TEXT)
    assert names(page(as_user, cast.instructor, cari="loket")) == [RATNA]
    assert names(page(as_user, cast.instructor, cari="mendengarkan")) == []  # of the submission before
    workflow.withdraw(user=cast.participant, entry=Submission.objects.first().entry, now=NOW)
    assert names(page(as_user, cast.instructor, cari="loket", tab="dikembalikan")) == []
    assert names(page(as_user, cast.instructor, cari="mendengarkan", tab="dikembalikan")) == [RATNA]


def test_nobody_finds_a_text_that_they_may_not_read(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0], text=TEXT)
    assert names(page(as_user, cast.other_instructor, cari="loket")) == []
    assert names(page(as_user, cast.outside_instructor, cari="loket")) == []


def test_letters_beyond_ascii_have_no_case(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0], text="<p>Sebuah ÉLAN baru, sungguh e\u0301lan.</p>")
    html = page(as_user, cast.instructor, cari="élan")
    assert excerpts(html) == ["Sebuah <mark>ÉLAN</mark> baru, sungguh <mark>élan</mark>."]
    assert names(page(as_user, cast.instructor, cari="Éla")) == [RATNA]


@pytest.mark.parametrize("sign", ["%", "_", "pelaya%", "l_ket", "\\", "'"])
def test_signs_are_no_wildcards(cast, as_user, sign):
    factory.submitted(cast.enrolment, cast.modules[0], text=TEXT)
    found = names(page(as_user, cast.instructor, cari=sign))
    assert found == ([RATNA] if sign == "pelaya%" else [])  # its word is the beginning of one; the sign means nothing


def test_an_excerpt_is_text_and_no_markup(cast, as_user):
    text = "<p>Lihat &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;loket&lt;/b&gt; itu juga</p>"
    factory.submitted(cast.enrolment, cast.modules[0], text=text)
    html = page(as_user, cast.instructor, cari="loket script")
    assert "<script>alert" not in html
    assert excerpts(html) == [
        "Lihat &lt;<mark>script&gt;alert(1)&lt;/script</mark>&gt; &amp; &lt;<mark>b&gt;loket&lt;/b</mark>&gt; itu juga"
    ]
    assert 'value="&lt;script&gt;"' in page(as_user, cast.instructor, cari="<script>")


def test_what_was_changed_behind_the_database_is_not_shown(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0], text=TEXT)
    with triggers.lifted():
        Submission.objects.update(content="{}")
    html = page(as_user, cast.instructor, cari="loket")
    assert names(html) == [RATNA]
    assert excerpts(html) == []


def test_a_number_is_one_of_the_list_or_one_in_the_text(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.submitted(cast.peer_enrolment, cast.modules[0], text="<p>Pada tanggal 170 kami mulai bekerja.</p>")
    html = page(as_user, cast.instructor, cari=str(cast.enrolment.ndh))
    assert RATNA in names(html)
    assert excerpts(page(as_user, cast.instructor, cari="170")) == ["Pada tanggal <mark>170</mark> kami mulai bekerja."]


def test_a_search_without_result_says_what_was_searched(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    html = page(as_user, cast.instructor, cari="<antre>", urut="pendek", tab="dinilai")
    assert "“&lt;antre&gt;” tidak ditemukan" in html
    assert "nama, NDH, dan teks yang sudah dikirim" in html
    assert f'href="{reverse("queue")}?tab=dinilai&amp;urut=pendek">Hapus saringan' in html  # the order is no filter


def test_a_search_goes_along_to_the_entry_and_to_the_next(cast, as_user):
    first = factory.submitted(cast.enrolment, cast.modules[0], text=TEXT).entry
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    query = "cari=" + "%C3%A9" * 70 + "&urut=terbaru"
    answer = as_user(cast.instructor).post(reverse("review_next"), {"filter": query})
    assert answer.url == f"{reverse('queue')}?{query}"  # not cut off in the middle
    answer = as_user(cast.instructor).post(reverse("review_next"), {"filter": "cari=loket"})
    assert answer.url == f"{reverse('review', args=[first.key])}?cari=loket"
    html = as_user(cast.instructor).get(answer.url).content.decode()
    assert f'href="{reverse("queue")}?cari=loket"' in html


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", [{"cari": "loket"}, {"cari": "orang loket"}, {"urut": "panjang"}])
def test_queries(cast, as_user, django_assert_num_queries, rows, query):
    for number in range(rows):
        enrolment = factory.enrol(factory.make_user(f"Orang {number}"), cast.cohort, cast.group, 100 + number)
        factory.submitted(enrolment, cast.modules[0], text="<p>Loket dibuka untuk orang banyak.</p>")
    client = as_user(cast.instructor)
    client.get(reverse("queue"))
    with django_assert_num_queries(10):
        html = client.get(reverse("queue"), query).content.decode()
    assert len(names(html)) == rows
    assert len(excerpts(html)) == (rows if "cari" in query else 0)


def test_a_page_without_a_search_reads_no_text(cast, as_user, monkeypatch):
    monkeypatch.setattr(queues.content, "intact", lambda submission: pytest.fail("read"))
    factory.submitted(cast.enrolment, cast.modules[0])
    assert names(page(as_user, cast.instructor)) == [RATNA]
