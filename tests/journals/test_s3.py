"""The same files in an S3-compatible store: moto's server stands in for one, on a port of its own."""

import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from berakhlak.env import file_storage
from journals import workflow
from journals.models import Attachment
from tests import factory
from tests.factory import NOW
from tests.pages.writing import address

BUCKET = "jurnal-berkas"


@pytest.fixture
def bucket(monkeypatch, settings, tmp_path):
    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "BUCKET": BUCKET,
        "ENDPOINT": f"http://{host}:{port}",
        "ACCESS_KEY": "kunci",
        "SECRET_KEY": "rahasia",
    }.items():
        monkeypatch.setenv(f"BERAKHLAK_S3_{name}", value)
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="kunci",
        aws_secret_access_key="rahasia",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    field, small = (Attachment._meta.get_field(name) for name in ("file", "thumbnail"))
    before = field.storage, small.storage
    storage = storages.create_storage(file_storage("private", tmp_path))
    field.storage = small.storage = storage
    monkeypatch.setattr("journals.workflow.attachments.private_storage", lambda: storage)
    yield lambda: {item["Key"] for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])}
    field.storage, small.storage = before
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_goes_there_and_comes_back(cast, as_user, bucket, django_capture_on_commit_callbacks):
    row = factory.attached(cast.enrolment, cast.modules[0])
    assert bucket() == {f"private/{row.file.name}", f"private/{row.thumbnail.name}"}
    client, url = as_user(cast.participant), address("entry_attachment", cast, 1, row.key)
    whole = b"".join(client.get(url).streaming_content)
    assert len(whole) == row.size
    part = client.get(url, headers={"range": "bytes=5-9"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, whole[5:10])
    with django_capture_on_commit_callbacks(execute=True):
        workflow.remove(user=cast.participant, attachment=row, now=NOW)
    assert bucket() == set()
