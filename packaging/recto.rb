# Formula for Homebrew. `packaging/formula.sh VERSION FOLDER` fills in the version and the checksums of a release.
class Recto < Formula
  desc "Linter and auditor for written content"
  homepage "https://github.com/recto-lint/recto"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://github.com/recto-lint/recto/releases/download/v@VERSION@/recto-v@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@aarch64-apple-darwin@"
    end
    on_intel do
      url "https://github.com/recto-lint/recto/releases/download/v@VERSION@/recto-v@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/recto-lint/recto/releases/download/v@VERSION@/recto-v@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "https://github.com/recto-lint/recto/releases/download/v@VERSION@/recto-v@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "recto"
    man1.install Dir["man/*.1"]
    generate_completions_from_executable(bin/"recto", "completions")
  end

  test do
    (testpath/"a.md").write "# A\n\nThe ferry leaves at at noon.\n"
    assert_match "repeated-word", shell_output("#{bin}/recto check --output-format concise a.md", 1)
  end
end
