//! `recto report`: the audit as a page.

use crate::Place;

/// A document that tries to run a script wherever a page shows something of it.
const HOSTILE: &str = "# <img src=x onerror=alert(1)>\n\n</script><script>alert(1)</script> teh \"><svg onload=alert(1)>\n\n\
    [x](javascript:alert(1)) and [y](missing\"onmouseover=alert(1).md)\n\nTeh tide is lower </template><u>than the quay, and it will be low.\n";

#[test]
fn the_page_of_an_audit_holds_nothing_of_a_document_as_markup() {
    let place = Place::new();
    place.write("a.md", HOSTILE);
    let run = place.run(&["report", "--html", "out.html", "."]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.starts_with("out.html: "), "{}", run.out);
    let page = String::from_utf8(place.read("out.html")).expect("UTF-8");
    assert!(page.contains("default-src 'none'") && !page.contains("unsafe-inline"));
    for markup in ["<img", "<svg", "<u>", "</template>", "<script>alert"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert_eq!(page.matches("</script>").count(), 2, "the data and the script of the page alone");
    assert!(page.contains("\"rule\":\"misspelling\""));
}

#[test]
fn the_page_never_replaces_what_it_is_about() {
    let place = Place::new();
    place.write("a.md", "Teh tide.\n");
    let run = place.run(&["report", "--html", "a.md", "."]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("the page would replace"), "{}", run.err);
    assert_eq!(place.read("a.md"), b"Teh tide.\n");
    assert!(place.run(&["report", "--html", "-", "."]).out.ends_with("</html>\n"));
}

#[test]
fn a_page_about_files_that_were_not_read_said_that_all_was_well() {
    let place = Place::new();
    place.write("a.rst", "Teh tide\n");
    let run = place.run(&["report", "--html", "out.html", "."]);
    assert!(run.err.contains("warning"), "{}", run.err);
    let page = String::from_utf8(place.read("out.html")).expect("UTF-8");
    assert!(page.contains("<strong>Not checked: </strong>"));
}

#[test]
fn earlier_reports_show_what_is_gone_and_what_is_new() {
    let place = Place::new();
    place.write("a.md", "Teh tide rises.\n\nIt will recieve us.\n");
    let report = place.run(&["check", "--output-format", "json", "a.md"]).out;
    place.write("old.json", &report);
    place.write("a.md", "The tide rises.\n\nIt will recieve us.\n\nThe quay is definately old.\n");
    place.run(&["report", "--html", "out.html", "--earlier", "old.json", "--select", "misspelling", "a.md"]);
    let page = String::from_utf8(place.read("out.html")).expect("UTF-8");
    let row = page.split("old.json</th>").nth(1).expect("a row").split("</tr>").next().expect("its end");
    assert!(row.ends_with("</td><td>1</td><td>1</td>"), "{row}");
    let run = place.run(&["report", "--html", "out.html", "--earlier", "a.md", "."]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot read the earlier report `a.md`: not JSON"), "{}", run.err);
}
