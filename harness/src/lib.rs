//! Starts labs, seeds faults, runs clients and observes what Kerberos did.
