# The packages of the member server, without its configuration. The engine builds this image beside
# dc1.
ARG BASE
FROM ${BASE}
RUN echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/spnlab \
 && printf 'path-exclude=/usr/share/%s/*\n' doc man locale info lintian >>/etc/dpkg/dpkg.cfg.d/spnlab \
 && apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
      apache2 faketime libapache2-mod-auth-gssapi libgssapi-krb5-2 ldap-utils libsasl2-modules-gssapi-mit >/dev/null \
 && rm -rf /var/lib/apt/lists /var/cache/apt/archives/*.deb /var/cache/apt/*.bin
