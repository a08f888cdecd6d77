"""The force's own sign-in, by OpenID Connect."""
