//! Aliases of service classes.

use serde::{Deserialize, Serialize};

use super::fold::same;
use super::service_class::ServiceClass;
use super::spn::Spn;

/// The directory's `sPNMappings`: which service classes are aliases of which.
///
/// The value is on `CN=Directory Service,CN=Windows NT,CN=Services,<configuration>`. If nobody
/// holds the requested SPN, the KDC replaces the service class with the class that it is an alias
/// of. Then it looks again (MS-DRSR 4.1.4.2.14 and 4.1.4.2.19). That is why `HTTP/mem1` works
/// without a registration: `http` is an alias of `host`. `wsman` is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpnMappings(Vec<Mapping>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mapping {
    stands_for: ServiceClass,
    aliases: Vec<ServiceClass>,
}

impl SpnMappings {
    /// Reads values such as `host=alerter,…,www,http`. It leaves out what it cannot read. The KDC
    /// cannot use that either.
    pub fn parse<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let classes =
            |text: &str| text.split(',').filter_map(|name| name.trim().parse().ok()).collect();
        let mapping = |value: &str| {
            let (stands_for, aliases) = value.split_once('=')?;
            Some(Mapping { stands_for: stands_for.trim().parse().ok()?, aliases: classes(aliases) })
        };
        Self(values.into_iter().filter_map(mapping).collect())
    }

    /// The mappings of a new domain.
    pub fn windows_default() -> Self {
        Self::parse([concat!(
            "host=alerter,appmgmt,cisvc,clipsrv,browser,dhcp,dnscache,replicator,eventlog,",
            "eventsystem,policyagent,oakley,dmserver,dns,mcsvc,fax,msiserver,ias,messenger,",
            "netlogon,netman,netdde,netddedsm,nmagent,plugplay,protectedstorage,rasman,",
            "rpclocator,rpc,rpcss,remoteaccess,rsvp,samss,scardsvr,scesrv,seclogon,scm,dcom,cifs,",
            "spooler,snmp,schedule,tapisrv,trksvr,trkwks,ups,time,wins,www,http,w3svc,iisadmin,",
            "msdtc"
        )])
    }

    /// The class that a service class is an alias of. The first mapping that names it counts.
    pub fn stands_for(&self, class: &ServiceClass) -> Option<&ServiceClass> {
        let names = |mapping: &&Mapping| mapping.aliases.iter().any(|alias| alias == class);
        self.0.iter().find(names).map(|mapping| &mapping.stands_for)
    }

    /// The SPN that the KDC looks for if nobody holds this one. The third part stays, as in MS-DRSR
    /// (Samba drops it).
    pub fn alias_of(&self, spn: &Spn) -> Option<Spn> {
        self.stands_for(spn.class()).map(|class| spn.with_class(class))
    }

    /// The aliases of a service class.
    pub fn aliases_of(&self, class: &ServiceClass) -> impl Iterator<Item = &ServiceClass> {
        let of = move |mapping: &&Mapping| mapping.stands_for == *class;
        self.0.iter().filter(of).flat_map(|mapping| &mapping.aliases)
    }

    /// Whether `alias` is an alias of `class`.
    pub(crate) fn is_alias(&self, alias: &str, class: &str) -> bool {
        self.0
            .iter()
            .filter(|mapping| same(mapping.stands_for.as_str(), class))
            .any(|mapping| mapping.aliases.iter().any(|name| same(name.as_str(), alias)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_an_alias_of_host_and_wsman_is_not() {
        let mappings = SpnMappings::windows_default();
        let table = [
            ("HTTP/mem1", Some("host/mem1")),
            ("www/mem1:80", Some("host/mem1:80")),
            ("HTTP/mem1/x", Some("host/mem1/x")),
            ("WSMAN/mem1", None),
            ("HOST/mem1", None),
            ("RestrictedKrbHost/mem1", None),
        ];
        for (asked, expected) in table {
            let alias = mappings.alias_of(&asked.parse().unwrap());
            assert_eq!(alias.map(|spn| spn.to_string()).as_deref(), expected, "{asked}");
        }
    }

    #[test]
    fn the_first_mapping_counts_and_nonsense_is_left_out() {
        let mappings = SpnMappings::parse(["nonsense", "=a", "one= http , x", "two=http"]);
        let http = ServiceClass::HTTP;
        assert_eq!(mappings.stands_for(&http).map(ServiceClass::as_str), Some("one"));
        assert_eq!(SpnMappings::parse([]).stands_for(&http), None);
    }
}
