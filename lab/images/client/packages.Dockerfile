# The packages of the workstation, apart from its configuration: built while dc1 is.
ARG BASE
FROM ${BASE}
RUN echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/spnlab \
 && printf 'path-exclude=/usr/share/%s/*\n' doc man locale info lintian >>/etc/dpkg/dpkg.cfg.d/spnlab \
 && apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
      krb5-user curl faketime tcpdump samba-common-bin tdb-tools ldap-utils libsasl2-modules-gssapi-mit >/dev/null \
 && rm -rf /var/lib/apt/lists /var/cache/apt/*.bin \
 && useradd --uid 2000 --create-home --shell /bin/sh admin
