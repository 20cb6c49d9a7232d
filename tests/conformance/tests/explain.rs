//! The command line of `scim-explain`.

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        path::{Path, PathBuf},
        process::{Command, Output, Stdio},
    };

    const USER: &str = r#"{
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "bjensen", "active": true,
        "groups": [{"value": "7"}], "meta": {"resourceType": "User", "version": "W/\"3\""}
    }"#;
    const DISABLE: &str = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}"#;

    /// A directory of files that goes with the test.
    struct Files(PathBuf);

    impl Files {
        fn new(test: &str, files: &[(&str, &str)]) -> Self {
            let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{test}"));
            std::fs::create_dir_all(&directory).unwrap();
            for (name, content) in files {
                std::fs::write(directory.join(name), content).unwrap();
            }
            Self(directory)
        }

        fn explain(&self, line: &str, input: &str) -> (i32, String, String) {
            let mut child = Command::new(env!("CARGO_BIN_EXE_scim-explain"))
                .args(line.split_whitespace())
                .current_dir(&self.0)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // It may end without reading.
            let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
            let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
            (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
        }
    }

    #[test]
    fn a_change_is_told() {
        let files = Files::new("change", &[("user.json", USER), ("patch.json", DISABLE)]);
        let expected = r#"Operations
  1  replace active = false

Changes
  active
    - true
    + false

Quirks
  boolean-string
    `"active": "False"`: a boolean as text, in bodies, PATCH values, filters and value paths. Sent by Entra.
    Strict: 400 `invalidValue` or `invalidFilter`.
  operation-case
    `"op": "Replace"`: an operation in another letter case. Sent by Entra.
    Strict: accepted too, as the RFC leaves it open; switched off, 400 `invalidSyntax`.

200/204: 1 attribute changes
"#;
        let told = (0, expected.to_owned(), String::new());
        assert_eq!(files.explain("--resource user.json --patch patch.json", ""), told);
        assert_eq!(files.explain("--resource user.json --patch - --profile entra --type User", DISABLE), told);
        assert_eq!(files.explain("--resource - --patch patch.json", USER), told);
    }

    #[test]
    fn a_refusal_is_told_and_is_the_exit_code() {
        let files = Files::new("refusal", &[("user.json", USER), ("patch.json", DISABLE)]);
        let line = "--resource user.json --patch patch.json --profile strict --without operation-case";
        let refused = "400 invalidSyntax: operation 1 (Replace `active`): `op` is `Replace`; expected `add`, `replace` or `remove`\n";
        assert_eq!(files.explain(line, ""), (1, refused.to_owned(), String::new()));
        let (code, out, _) = files.explain(&format!("{line} --with operation-case --with boolean-string"), "");
        assert!(code == 0 && out.ends_with("\n200/204: 1 attribute changes\n"), "{out}");
        let (code, out, _) = files.explain("--resource user.json --patch -", "{");
        assert!(code == 1 && out.starts_with("400 invalidSyntax: "), "{out}");
    }

    #[test]
    fn what_clients_cannot_write_is_there() {
        let files = Files::new("read-only", &[("user.json", USER)]);
        let patch = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "value": {"id": "1", "groups": [{"value": "7"}]}}]}"#;
        let (code, out, _) = files.explain("--resource user.json --patch - --profile strict", patch);
        let expected = "Operations\n  1  replace id = \"1\"\n  1  replace groups = [{\"value\":\"7\"}]\n\n200/204, no change: version and lastModified stay\n";
        assert_eq!((code, out.as_str()), (0, expected));
    }

    #[test]
    fn a_type_of_published_schemas() {
        let device = r#"{"id": "urn:example:2.0:Device", "name": "A Device", "attributes": [
            {"name": "id"}, {"name": "serial", "mutability": "immutable"}, {"name": "tags", "multiValued": true}]}"#;
        let rack =
            r#"{"id": "urn:example:extension:rack:2.0:Device", "attributes": [{"name": "slot", "type": "integer"}]}"#;
        let other = r#"{"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{"name": "userName"}]}"#;
        let list = format!(
            r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": [{other}, {rack}, {device}]}}"#
        );
        let resource =
            r#"{"schemas": ["urn:example:2.0:Device"], "id": "1", "serial": "s", "tags": ["a"], "owner": "x"}"#;
        let patch = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
            {"op": "add", "path": "tags", "value": ["b"]},
            {"op": "replace", "path": "urn:example:extension:rack:2.0:Device:slot", "value": 4}]}"#;
        let array = format!("[{device}, {rack}]");
        let files = Files::new(
            "schemas",
            &[("list", &list), ("array", &array), ("resource", resource), ("bare", "{}"), ("patch", patch)],
        );
        let expected = r#"Operations
  1  add tags ["b"]
  2  replace urn:example:extension:rack:2.0:Device:slot = 4

Changes
  tags
    + "b"
  urn:example:extension:rack:2.0:Device:slot
    + 4

200/204: 2 attributes change
"#;
        let note = "scim-explain: no schema has these attributes of the resource: owner\n";
        for schemas in ["list", "array", "list --type device", "list --type urn:example:2.0:device"] {
            let told = files.explain(&format!("--resource resource --patch patch --schemas {schemas}"), "");
            assert_eq!(told, (0, expected.to_owned(), note.to_owned()), "{schemas}");
        }
        let (code, _, error) = files.explain("--resource bare --patch patch --schemas array", "");
        let undecided = "scim-explain: the `schemas` of the resource do not tell its type; give `--type`, one of urn:example:2.0:Device, urn:example:extension:rack:2.0:Device\n";
        assert_eq!((code, error.as_str()), (2, undecided));
    }

    #[test]
    fn mistakes_end_with_the_exit_code_2() {
        let files = Files::new("mistakes", &[("user.json", USER), ("patch.json", DISABLE), ("text", "no JSON")]);
        for (line, expected) in [
            ("--resource user.json", "error: the following required arguments were not provided:\n  --patch <FILE>\n"),
            ("--resource none.json --patch patch.json", "scim-explain: `none.json` cannot be read: "),
            ("--resource text --patch patch.json", "scim-explain: the `schemas` of the resource do not tell its type"),
            (
                "--resource text --patch patch.json --type Group",
                "scim-explain: `text` is no Group: 400 invalidSyntax: ",
            ),
            ("--resource user.json --patch patch.json --type Device", "scim-explain: no schema is called `Device`; "),
            ("--resource user.json --patch patch.json --schemas text", "scim-explain: the schemas cannot be read: "),
        ] {
            let (code, out, error) = files.explain(line, "");
            assert_eq!((code, out.as_str()), (2, ""), "{line}");
            assert!(error.starts_with(expected), "{line}: {error}");
        }
    }
}
