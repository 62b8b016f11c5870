//! Gherkin scenarios and snapshots of Kerberos outcomes.
