"""Addresses below /akun/. The names beginning with `account_` are those allauth looks up."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from berakhlak.accounts import activation, entrance, views

urlpatterns = [
    path("masuk/", entrance.login, name="account_login"),
    path("keluar/", allauth_views.logout, name="account_logout"),
    path("daftar/", views.signup_closed, name="account_signup"),
    path("nonaktif/", allauth_views.account_inactive, name="account_inactive"),
    path("kata-sandi/ubah/", entrance.password_change, name="account_change_password"),
    path("kata-sandi/buat/", entrance.password_set, name="account_set_password"),
    path("kata-sandi/lupa/", entrance.password_reset, name="account_reset_password"),
    path("kata-sandi/lupa/terkirim/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "kata-sandi/atur/selesai/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^kata-sandi/atur/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/\Z",
        entrance.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("aktivasi/", activation.code, name="activation"),
    path("aktivasi/kata-sandi/", activation.password, name="activation_password"),
    path("kembali/", views.signed_in, name="signed_in"),
    path("profil/", views.profile, name="profile"),
    path("profil/foto/", views.profile_photo, name="profile_photo"),
    path("profil/foto/hapus/", views.profile_photo_remove, name="profile_photo_remove"),
    re_path(r"^foto/(?P<key>[0-9a-f]{32})/\Z", views.photo, name="photo"),
    re_path(r"^pengingat/(?P<token>[0-9]+\.[\w-]+)/\Z", views.reminders_off, name="reminders_off"),
    re_path(r"^pemberitahuan/(?P<token>[0-9]+\.[\w-]+)/\Z", views.notices_off, name="notices_off"),
    path("privasi/", views.privacy, name="privacy"),
    path("privasi/dibaca/", views.privacy_acknowledge, name="privacy_acknowledge"),
]
