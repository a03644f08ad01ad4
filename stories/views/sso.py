"""Single sign-on with the one provider of OpenID Connect that the settings name.

allauth does the exchange, with PKCE and a state; here is what it leaves to others: the signature of the provider's
token is always checked (ASVS 5.0, 6.8.2), it must be about the person whom the provider's address for user data names,
and people leave for the provider by a link, because our Content-Security-Policy lets no form lead elsewhere.
"""

from __future__ import annotations

import logging
from typing import Any

import jwt
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from requests import RequestException

log = logging.getLogger(__name__)

PROVIDER = "sso"
# Signatures with a key pair; never "none", nor one with a secret that the public key could be taken for.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# The session's note that the provider says it checked several factors (RFC 8176).
SECOND_FACTOR = "sso_second_factor"


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who may make an account by single sign-on."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": _("There is an account with this address already. Sign in to it, then connect %s there."),
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """As for everybody, or for all whom the provider knows."""
        return bool(settings.OIDC_SIGN_UP or super().is_open_for_signup(request, sociallogin))


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The exchange with the provider, with nothing taken on trust that is signed."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Who signed in. Raises OAuth2Error without a good token, or where it is about somebody else."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        login = super().complete_login(request, app, token, **kwargs)
        told: dict[str, Any] = login.account.extra_data
        if told["id_token"]["sub"] != told["userinfo"].get("sub"):
            raise OAuth2Error("the id_token and the user data are of two people")
        request.session[SECOND_FACTOR] = "mfa" in told["id_token"].get("amr", ())
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """What the token says, after its signature, issuer, audience and lifetime were checked."""
        try:
            if jwt.get_unverified_header(id_token).get("alg") not in SIGNATURES:
                raise OAuth2Error("signed in a way that is not accepted")
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise OAuth2Error("no readable id_token") from error
        return claims


# A provider that is down, or answers what none should.
_BROKEN = (RequestException, OAuth2Error, KeyError, TypeError, ValueError)


@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """On POST to the provider, by a page with a link that opens itself; on GET a question first."""
    _must_be_on()
    try:
        response: HttpResponse = OAuth2LoginView.adapter_view(Provider(request, PROVIDER))(request)
    except _BROKEN:
        return _did_not_work(request)
    target = response.headers.get("Location", "")
    if not target.startswith(("https://", "http://")):
        return response
    return render(request, "socialaccount/leaving.html", {"target": target, "name": settings.OIDC_NAME})


@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider; what goes wrong there is said on a page of ours."""
    _must_be_on()
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(Provider(request, PROVIDER))(request)
    except _BROKEN:
        return _did_not_work(request)
    return response


def _did_not_work(request: HttpRequest) -> HttpResponse:
    log.exception("The provider of single sign-on gave no usable answer")
    return render(request, "socialaccount/authentication_error.html", status=502)


def _must_be_on() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404
