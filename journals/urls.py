"""Addresses of the journals. A verb of its own has an address of its own, so that access is one question."""

from django.urls import path, register_converter

from journals.keys import KeyConverter
from journals.views import (
    allocating,
    annotating,
    attachments,
    checkpoints,
    cohorts,
    drafts,
    evidence,
    extending,
    home,
    offline,
    phrases,
    reading,
    releasing,
    replying,
    reviewing,
    rounds,
    taking_over,
    talking,
    writing,
)

register_converter(KeyConverter, "key")

urlpatterns = [
    path("beranda/", home.home, name="home"),
    path("pemberitahuan/<int:pk>/", home.notice_read, name="notice_read"),
    path("pengingat/<int:pk>/", home.reminder_read, name="reminder_read"),
    # The participant's own journal.
    path("jurnal/", reading.journals, name="journals"),
    path("jurnal/<key:cohort>/", reading.journal, name="journal"),
    path("jurnal/<key:cohort>/peta/", evidence.journal_map, name="journal_map"),
    path("jurnal/<key:cohort>/<int:number>/", reading.entry, name="entry"),
    path("jurnal/<key:cohort>/<int:number>/tulis/", writing.write, name="entry_write"),
    path("jurnal/<key:cohort>/<int:number>/simpan/", writing.save, name="entry_save"),
    path("jurnal/<key:cohort>/<int:number>/draf/", drafts.draft, name="entry_draft"),
    path("jurnal/<key:cohort>/<int:number>/versi/", drafts.versions, name="entry_versions"),
    path("jurnal/<key:cohort>/<int:number>/versi/<int:stray>/pilih/", drafts.choose, name="entry_choose"),
    path("jurnal/<key:cohort>/<int:number>/versi/<int:stray>/singkirkan/", drafts.put_away, name="entry_put_away"),
    path("jurnal/<key:cohort>/<int:number>/riwayat/", checkpoints.history, name="entry_history"),
    path("jurnal/<key:cohort>/<int:number>/riwayat/<int:checkpoint>/", checkpoints.checkpoint, name="entry_checkpoint"),
    path(
        "jurnal/<key:cohort>/<int:number>/riwayat/<int:checkpoint>/pulihkan/", checkpoints.restore, name="entry_restore"
    ),
    path("jurnal/<key:cohort>/<int:number>/lampiran/", attachments.page, name="entry_attachments"),
    path("jurnal/<key:cohort>/<int:number>/lampiran/tambah/", attachments.attach, name="entry_attach"),
    path("jurnal/<key:cohort>/<int:number>/lampiran/<key:key>/", attachments.file, name="entry_attachment"),
    path(
        "jurnal/<key:cohort>/<int:number>/lampiran/<key:key>/keterangan/",
        attachments.describe,
        name="entry_attachment_describe",
    ),
    path(
        "jurnal/<key:cohort>/<int:number>/lampiran/<key:key>/hapus/", attachments.remove, name="entry_attachment_remove"
    ),
    path("jurnal/<key:cohort>/<int:number>/bukti/", evidence.page, name="entry_evidence"),
    path("jurnal/<key:cohort>/<int:number>/bukti/tandai/", evidence.mark, name="entry_evidence_mark"),
    path("jurnal/<key:cohort>/<int:number>/bukti/<int:pk>/", evidence.place, name="entry_evidence_place"),
    path("jurnal/<key:cohort>/<int:number>/bukti/<int:pk>/hapus/", evidence.remove, name="entry_evidence_remove"),
    path("jurnal/<key:cohort>/<int:number>/pratinjau/", writing.preview, name="entry_preview"),
    path("jurnal/<key:cohort>/<int:number>/kirim/", writing.submit, name="entry_submit"),
    path("jurnal/<key:cohort>/<int:number>/tarik/", writing.withdraw, name="entry_withdraw"),
    path("jurnal/<key:cohort>/<int:number>/kiriman/<int:sequence>/", reading.submission, name="submission"),
    path("jurnal/<key:cohort>/<int:number>/kiriman/<int:sequence>/tanda-terima/", reading.receipt, name="receipt"),
    path(
        "jurnal/<key:cohort>/<int:number>/kiriman/<int:sequence>/dibaca/", reading.feedback_read, name="feedback_read"
    ),
    path("jurnal/<key:cohort>/<int:number>/percakapan/", talking.own, name="entry_talk"),
    path("jurnal/<key:cohort>/<int:number>/percakapan/tulis/", talking.own_say, name="entry_say"),
    path(
        "jurnal/<key:cohort>/<int:number>/kiriman/<int:sequence>/komentar/<int:pk>/balas/",
        replying.reply,
        name="comment_reply",
    ),
    # Without a network: one page for all, which the device fills.
    path("luring/", offline.shell, name="offline"),
    path("luring/data/", offline.data, name="offline_data"),
    # The instructor's desk.
    path("telaah/", reviewing.queue, name="queue"),
    path("telaah/berikutnya/", reviewing.next_entry, name="review_next"),
    path("telaah/<key:entry>/", reviewing.review, name="review"),
    path("telaah/<key:entry>/berikutnya/", reviewing.ahead, name="review_ahead"),
    path("telaah/<key:entry>/ambil/", reviewing.claim, name="review_claim"),
    path("telaah/<key:entry>/ambil-alih/", taking_over.take_over, name="review_take_over"),
    path("telaah/<key:entry>/simpan/", reviewing.save, name="review_save"),
    path("telaah/<key:entry>/kembalikan/", reviewing.return_entry, name="review_return"),
    path("telaah/<key:entry>/nilai/", reviewing.grade, name="review_grade"),
    path("telaah/<key:entry>/lepas/", reviewing.unclaim, name="review_unclaim"),
    path("telaah/<key:entry>/buka-lagi/", reviewing.reopen, name="review_reopen"),
    path("telaah/<key:entry>/percakapan/", talking.review, name="review_talk"),
    path("telaah/<key:entry>/percakapan/tulis/", talking.review_say, name="review_say"),
    # Phrases for comments. An entry's key is longer than any word here.
    path("telaah/frasa/", phrases.page, name="phrases"),
    path("telaah/frasa/data/", phrases.data, name="phrase_data"),
    path("telaah/frasa/tambah/", phrases.add, name="phrase_add"),
    path("telaah/frasa/<int:pk>/", phrases.edit, name="phrase_edit"),
    path("telaah/frasa/<int:pk>/hapus/", phrases.remove, name="phrase_remove"),
    path("telaah/frasa/<int:pk>/pakai/", phrases.use, name="phrase_use"),
    path("telaah/<key:entry>/komentar/", annotating.page, name="review_comments"),
    path("telaah/<key:entry>/komentar/tulis/", annotating.annotate, name="review_annotate"),
    path("telaah/<key:entry>/komentar/<int:pk>/", annotating.edit, name="review_annotation"),
    path("telaah/<key:entry>/komentar/<int:pk>/hapus/", annotating.remove, name="review_annotation_remove"),
    path("telaah/<key:entry>/komentar/<int:pk>/selesai/", replying.close, name="comment_close"),
    path("telaah/<key:entry>/butir/<int:item>/selesai/", rounds.close_item, name="review_item_close"),
    path("telaah/<key:entry>/butir/<int:item>/buka/", rounds.open_item, name="review_item_open"),
    # Whole cohorts, for instructors and organisers.
    path("angkatan/", cohorts.cohorts, name="cohorts"),
    path("angkatan/<key:cohort>/", cohorts.cohort, name="cohort"),
    path("angkatan/<key:cohort>/rilis/", releasing.release, name="cohort_release"),
    path("angkatan/<key:cohort>/rilis/pilih/", releasing.page, name="cohort_release_choice"),
    path("angkatan/<key:cohort>/rilis/<int:pk>/hentikan/", releasing.stop, name="cohort_release_stop"),
    path("angkatan/<key:cohort>/pembagian/", allocating.page, name="cohort_piles"),
    path("angkatan/<key:cohort>/pembagian/bagi/", allocating.allocate, name="cohort_allocate"),
    path("angkatan/<key:cohort>/perpanjang/", extending.page, name="cohort_extension"),
    path("angkatan/<key:cohort>/perpanjang/simpan/", extending.extend, name="cohort_extend"),
    path("angkatan/<key:cohort>/<int:ndh>/<int:number>/", cohorts.entry, name="cohort_entry"),
]
