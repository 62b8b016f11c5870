//! Whether a search still makes progress.

/// Most pages without entries in a row. A few are allowed (RFC 2696 section 3).
const MOST_EMPTY_PAGES: u32 = 1000;
/// Most entries of one search. No directory has so many accounts with SPNs, and a walk would take
/// days.
const MOST_ENTRIES: u64 = 100_000_000;

/// The pages of one search so far, in a few bytes: their number, and one page to compare with.
#[derive(Debug)]
pub(super) struct Progress {
    most_entries: u64,
    entries: u64,
    empty: u32,
    pages: u64,
    /// The page that others are compared with, and the number of the page that replaces it.
    mark: Option<u64>,
    next_mark: u64,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self::up_to(MOST_ENTRIES)
    }

    fn up_to(most_entries: u64) -> Self {
        Self { most_entries, entries: 0, empty: 0, pages: 0, mark: None, next_mark: 1 }
    }

    /// Notes a page by the number of its entries and a hash of their names. The cookie is no proof
    /// of progress: some servers keep one cookie for a whole search.
    pub(super) fn page(&mut self, entries: u32, names: u64) -> Result<(), &'static str> {
        if entries == 0 {
            self.empty += 1;
            let endless = self.empty > MOST_EMPTY_PAGES;
            return if endless { Err("it goes on with empty pages without end") } else { Ok(()) };
        }
        self.empty = 0;
        self.entries = self.entries.saturating_add(u64::from(entries));
        if self.entries > self.most_entries {
            return Err("it goes on with entries without end");
        }
        // Brent's algorithm finds cycles: the mark moves at pages 1, 2, 4, 8, …. So a cycle of any
        // length passes it again.
        if self.mark == Some(names) {
            return Err("it gives the same page again");
        }
        self.pages += 1;
        if self.pages == self.next_mark {
            (self.mark, self.next_mark) = (Some(names), self.next_mark.saturating_mul(2));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pages are accepted before the error.
    fn taken(
        mut progress: Progress,
        pages: impl Iterator<Item = (u32, u64)>,
    ) -> (u64, &'static str) {
        for (at, (entries, names)) in (0..).zip(pages) {
            if let Err(why) = progress.page(entries, names) {
                return (at, why);
            }
        }
        panic!("all pages were taken")
    }

    #[test]
    fn a_cycle_of_any_length_ends() {
        let why = "it gives the same page again";
        assert_eq!(taken(Progress::new(), std::iter::repeat((1, 7))), (1, why));
        for length in 1..200 {
            let (at, said) = taken(Progress::new(), (0..).map(|at| (1000, at % length)));
            assert_eq!(said, why);
            assert!(at >= length && at <= 3 * length + 2, "{length}: {at}");
        }
        // The cycle may also begin after other pages.
        let (at, said) =
            taken(Progress::new(), (0..).map(|at| (1000, if at < 50 { at } else { 50 })));
        assert_eq!(said, why);
        assert!((51..=130).contains(&at), "{at}");
    }

    #[test]
    fn pages_that_are_all_new_are_taken_up_to_a_number_of_entries() {
        let new = |entries: u32| (0..).map(move |at| (entries, at));
        let why = "it goes on with entries without end";
        assert_eq!(taken(Progress::up_to(10_000), new(1000)), (10, why));
        assert_eq!(taken(Progress::up_to(10_000), new(1)), (10_000, why));
    }

    #[test]
    fn a_few_empty_pages_are_allowed() {
        let why = "it goes on with empty pages without end";
        let limit = u64::from(MOST_EMPTY_PAGES);
        assert_eq!(taken(Progress::new(), std::iter::repeat((0, 0))), (limit, why));
        // An entry now and then restarts the count.
        let pages = (0..).map(|at| if at % 500 == 0 { (1, at) } else { (0, 0) });
        assert_eq!(taken(Progress::up_to(5), pages).1, "it goes on with entries without end");
    }
}
