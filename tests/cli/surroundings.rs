//! Files that are named are judged with the files around them.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;

use super::{Place, Run};

const BLOCK: &str = "Whoever closes the lock writes the hour and the level into the book, because the next keeper starts \
    from it, and whoever finds the book empty rings the bell and waits for an answer before a boat may pass the gate. \
    Nobody opens the upper gate while the lower one is open, however great the hurry is and whoever asks for it.\n";

fn json<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["check", "--output-format", "json"], args].concat()
}

/// The findings without their places in other files.
fn told(run: &Run, path: &str) -> Vec<String> {
    let findings = run.json()["findings"].as_array().cloned().unwrap_or_default();
    let own = findings.iter().filter(|finding| finding["path"] == path);
    own.map(|finding| format!("{} {} {}", finding["rule"], finding["start"], finding["message"])).collect()
}

/// A repository with a work, links between files, and copies.
fn repository() -> Place {
    let place = Place::new();
    let versions =
        "{ role = \"long\", files = [\"book/long/*.md\"] }, { role = \"summary\", files = [\"book/short.md\"] }";
    let items = |titles: &[&str], first: usize| -> String {
        let numbered = titles.iter().enumerate();
        numbered.map(|(at, title)| format!("### {}. {title}\n\nAs it was said.\n\n", first + at)).collect()
    };
    place
        .write("recto.toml", format!("[[work]]\nname = \"locks\"\nversions = [ {versions} ]\n"))
        .write("book/long/1.md", items(&["What is a lock?", "Who keeps it?", "Why is it closed at night?"], 1))
        .write("book/long/2.md", items(&["How deep is the basin?", "What does the bell mean?"], 4))
        .write("book/short.md", items(&["What is a lock?", "Who keeps it?", "How much is the toll?"], 1))
        .write("docs/a.md", format!("# A\n\nSee [b](b.md#gates) and [c](sub/c.md#nowhere).\n\n{BLOCK}"))
        .write("docs/b.md", format!("# B\n\n## Gates\n\nIt isnâ€™t far. See [gone](gone.md).\n\n{BLOCK}"))
        .write("docs/sub/c.md", "# C\n\nA page.\n");
    place
}

#[test]
fn a_file_by_itself_is_told_what_the_whole_is_told_of_it() {
    let place = repository();
    let whole = place.run(&json(&["."]));
    let mut any = 0;
    for path in ["book/long/1.md", "book/long/2.md", "book/short.md", "docs/a.md", "docs/b.md", "docs/sub/c.md"] {
        let alone = place.run(&json(&[path]));
        assert_eq!(told(&alone, path), told(&whole, path), "{path}");
        any += told(&alone, path).len();
        let report = alone.json();
        assert_eq!(
            report["findings"].as_array().map(Vec::len),
            Some(told(&alone, path).len()),
            "only {path} is reported"
        );
        assert_eq!((&report["summary"]["files"], &report["summary"]["context"]), (&1.into(), &5.into()));
        assert_eq!(report["warnings"], serde_json::json!([]));
    }
    assert!(any >= 4, "{any}");
    // In any batch, as pre-commit makes them, and for a folder.
    let batch = place.run(&json(&["book/short.md", "docs/a.md"]));
    for path in ["book/short.md", "docs/a.md"] {
        assert_eq!(told(&batch, path), told(&whole, path), "{path}");
    }
    let folder = place.run(&json(&["docs"]));
    for path in ["docs/a.md", "docs/b.md", "docs/sub/c.md"] {
        assert_eq!(told(&folder, path), told(&whole, path), "{path}");
    }
}

#[test]
fn a_file_is_judged_alike_from_any_folder() {
    let place = repository();
    let whole = place.run(&json(&["."]));
    let run = Run::of(place.command(&json(&["a.md"])).current_dir(place.path("docs")).output().expect("runs"));
    let from_here = |told: Vec<String>| told.iter().map(|line| line.replace("docs/", "")).collect::<Vec<_>>();
    assert_eq!(told(&run, "a.md"), from_here(told(&whole, "docs/a.md")));
    let absolute = place.path("docs/a.md");
    let absolute = absolute.to_str().expect("UTF-8");
    assert_eq!(told(&place.run(&json(&[absolute])), absolute).len(), told(&whole, "docs/a.md").len());
    let text = String::from_utf8(place.read("docs/a.md")).expect("UTF-8");
    let piped = place.pipe(&json(&["-", "--stdin-filename", "docs/a.md"]), text.as_bytes());
    assert_eq!(told(&piped, "docs/a.md"), told(&whole, "docs/a.md"));
}

#[test]
fn a_file_can_be_judged_alone() {
    let place = repository();
    let run = place.run(&json(&["--no-context", "book/short.md", "docs/b.md"]));
    assert_eq!(run.json()["summary"]["context"], 0);
    assert_eq!(run.json()["summary"]["by_rule"], serde_json::json!({"broken-link": 1, "mojibake": 1}));
    let told = place.run(&["check", "docs/sub/c.md"]).out;
    assert!(
        told.starts_with("5 more files were read as context\n✓ 1 file checked, nothing to complain about"),
        "{told}"
    );
}

#[test]
fn the_tree_is_the_repository_where_there_is_no_configuration() {
    let place = repository();
    fs::remove_file(place.path("recto.toml")).expect("removed");
    assert_eq!(place.run(&json(&["docs/b.md"])).json()["summary"]["context"], 0, "neither: only what is linked to");
    assert_eq!(place.run(&json(&["docs/a.md"])).json()["summary"]["context"], 2);
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    let run = place.run(&json(&["docs/a.md"]));
    assert_eq!(run.json()["summary"]["context"], 5);
    assert!(run.out.contains("duplicate-block"), "{}", run.out);
}

#[test]
fn a_fix_never_writes_what_is_only_context() {
    let place = repository();
    place
        .write("docs/d.md", "# D\n\n## Recieve it\n\nA page.\n")
        .write("docs/e.md", "# E\n\nSee [d](d.md#recieve-it).\n");
    let before = place.read("docs/e.md");
    place.run(&["check", "--fix", "--unsafe-fixes", "docs/d.md", "book/short.md"]);
    assert_eq!(place.read("docs/e.md"), before);
    let heading = String::from_utf8(place.read("docs/d.md")).expect("UTF-8");
    assert!(heading.contains("## Recieve it"), "the link to the heading would break: {heading}");
    assert!(String::from_utf8_lossy(&place.read("docs/b.md")).contains("â€™"), "nor what is wrong there");
    let told = place.run(&["check", "docs/d.md"]).out;
    assert!(told.contains("docs/e.md") && !told.contains("fixable with"), "{told}");
    place.run(&["check", "--fix", "--unsafe-fixes", "docs/d.md", "docs/e.md"]);
    assert_eq!(place.read("docs/e.md"), b"# E\n\nSee [d](d.md#receive-it).\n");
}

#[test]
fn what_is_wrong_with_the_context_is_not_told() {
    let place = repository();
    place.write("docs/broken.md", b"caf\xE9 \x81\x81\n").write("docs/sub/d.md", "# D\n\nSee [x](../broken.md#x).\n");
    place.write("docs/huge.md", "<!-- recto-allow grammar: unused -->\n\nWord.\n");
    let run = place.run(&json(&["docs/sub/c.md"]));
    assert_eq!((run.code, run.json()["findings"].as_array().map(Vec::len)), (0, Some(0)), "{}", run.out);
    #[cfg(unix)]
    {
        symlink("/dev/zero", place.path("docs/zero.md")).expect("linked");
        symlink("sub", place.path("docs/folder.md")).expect("linked");
        let run = place.run(&json(&["docs/sub/c.md"]));
        assert_eq!((run.code, run.json()["findings"].as_array().map(Vec::len)), (0, Some(0)), "{}", run.out);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_another_name_of_a_file_finds_its_headings() {
    let place = Place::new();
    place.write("AGENTS.md", "# Agents\n\n## Tests\n\nRun them.\n");
    symlink("AGENTS.md", place.path("CLAUDE.md")).expect("linked");
    place.write("a.md", "See [one](CLAUDE.md#tests) and [two](CLAUDE.md#test-runs).\n");
    for args in [&["."][..], &["a.md"], &["a.md", "AGENTS.md"]] {
        let run = place.run(&json(args));
        assert_eq!(run.json()["summary"]["by_rule"], serde_json::json!({"broken-link": 1}), "{args:?}");
    }
}

#[test]
fn the_anchors_of_a_site_were_taken_for_dead_where_its_generator_separates_words_by_points() {
    let place = Place::new();
    place.write(
        "docs/options.md",
        "# Options\n\n## server.port\n\nThe port, see [build](#build-target).\n\n## build.target\n\nIt.\n",
    );
    place.write(
        "docs/guide.md",
        "# Guide\n\nSee [the port](./options.md#server-port) and [no other](./options.md#server-host).\n",
    );
    assert_eq!(place.run(&json(&["."])).json()["summary"]["by_rule"], serde_json::json!({"broken-link": 3}));
    place.write("docs/.vitepress/config.ts", "export default {}\n");
    let run = place.run(&json(&["."]));
    assert_eq!(run.json()["summary"]["by_rule"], serde_json::json!({"broken-link": 1}), "{}", run.out);
    assert!(run.out.contains("server-host"), "{}", run.out);
}

/// Returns a site of six pages, of which the navigation in `config` lists some, with the findings of the audit about it.
fn listed(config: (&str, &str), pages: &[(&str, &str)]) -> Vec<String> {
    let place = Place::new();
    place.write(config.0, config.1);
    for (name, text) in pages {
        place.write(name, text);
    }
    let run = place.run(&["check", "--audit", "--select", "index-mismatch", "--output-format", "json"]);
    let findings = run.json()["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().map(|finding| format!("{}: {}", finding["path"], finding["message"]).replace('"', "")).collect()
}

const PAGES: [(&str, &str); 6] = [
    ("docs/index.md", "# The harbour of the island\n"),
    ("docs/oars.md", "# Long oars of ash\n"),
    ("docs/a/sails.md", "---\nid: canvas\n---\n\n# Brown sails\n"),
    ("docs/a/knots.md", "# Knots for every rope\n"),
    ("docs/a/log.md", "# The log of the keeper\n"),
    ("docs/winter.md", "# In winter\n"),
];

#[test]
fn the_navigation_of_mkdocs_was_not_compared_with_its_pages() {
    let nav = "site_name: x\nnav:\n- Home: index.md\n- Parts:\n    - Brown sails: oars.md\n    - Sails: a/sails.md\n    - \
               a/knots.md\n    - Log: a/log.md\n    - Ropes: a/ropes.md\n";
    let told = listed(("mkdocs.yml", nav), &PAGES);
    let expected = [
        "docs/a/log.md: `mkdocs.yml` names `a/ropes.md` after this page (line 9), which is not there",
        "docs/oars.md: `mkdocs.yml` names this page “Brown sails” (line 5), its title is “Long oars of ash”",
        "docs/winter.md: the navigation in `mkdocs.yml` does not name this page",
    ];
    assert_eq!(told, expected);
    // A plugin may add whatever the file does not list.
    let open = format!("{nav}plugins:\n- awesome-pages\n");
    assert_eq!(listed(("mkdocs.yml", &open), &PAGES).len(), 1);
}

#[test]
fn the_sidebars_of_docusaurus_were_not_compared_with_their_pages() {
    let sidebars = "module.exports = {\n  docs: ['index', {type: 'doc', id: 'oars', label: 'Oars'}, 'a/canvas', 'a/knots', \
                    'a/log'],\n};\n";
    let pages: Vec<(&str, &str)> = PAGES.into_iter().chain([("docusaurus.config.js", "")]).collect();
    let told = listed(("sidebars.js", sidebars), &pages);
    assert_eq!(told, ["docs/winter.md: the navigation in `sidebars.js` does not name this page"]);
    let all = "export default {docs: [{type: 'autogenerated', dirName: '.'}]};";
    assert!(listed(("sidebars.ts", all), &pages).is_empty());
}

#[test]
fn the_label_of_a_folder_of_docusaurus_was_not_compared_with_its_page() {
    let extra = [("docusaurus.config.js", ""), ("docs/a/index.md", "# Everything about rigging\n")];
    let pages: Vec<(&str, &str)> = PAGES.into_iter().chain(extra).collect();
    let label = "{\n  \"label\": \"Lamps of the tower\",\n  \"position\": 2\n}\n";
    let expected = "docs/a/index.md: `docs/a/_category_.json` names this page “Lamps of the tower” (line 2), its title is \
                    “Everything about rigging”";
    assert_eq!(listed(("docs/a/_category_.json", label), &pages), [expected]);
    let page = "label: Long oars\nlink:\n  type: doc\n  id: oars\n";
    assert!(listed(("docs/a/_category_.yml", page), &pages).is_empty());
}

#[test]
fn numbers_that_the_files_of_a_folder_lack_were_not_told() {
    let place = Place::new();
    for number in [1, 2, 3, 4, 5, 7, 8, 9, 10] {
        place.write(&format!("adr/{number:04}-use-lamp-{number}.md"), format!("# {number}. Use a lamp\n\nYes.\n"));
    }
    let run = place.run(&["check", "--audit", "--select", "number-gap", "--output-format", "json"]);
    let findings = run.json()["findings"].as_array().cloned().unwrap_or_default();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0]["message"], "the numbers of the files go from 5 to 7: 6 is missing");
    assert_eq!(
        (&findings[0]["tier"], &findings[0]["data"]["missing"]),
        (&"audit".into(), &serde_json::json!([[6, 6]]))
    );
}
