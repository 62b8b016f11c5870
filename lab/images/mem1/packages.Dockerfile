# The packages of the member server, apart from its configuration: built while dc1 is.
ARG BASE
FROM ${BASE}
RUN echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/spnlab \
 && printf 'path-exclude=/usr/share/%s/*\n' doc man locale info lintian >>/etc/dpkg/dpkg.cfg.d/spnlab \
 && apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
      apache2 faketime libapache2-mod-auth-gssapi libgssapi-krb5-2 ldap-utils libsasl2-modules-gssapi-mit >/dev/null \
 && rm -rf /var/lib/apt/lists /var/cache/apt/*.bin \
 && for user in trainer:2001 visitor:2002 spn_operator:2003 administrator:2004; do \
      useradd --uid "${user#*:}" --create-home --shell /bin/sh "${user%:*}"; \
    done \
 # A supplementary group, so that a command can be seen to have them.
 && groupadd --gid 2100 winrm_users && usermod --append --groups winrm_users trainer
