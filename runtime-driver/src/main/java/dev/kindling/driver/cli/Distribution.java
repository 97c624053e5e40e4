package dev.kindling.driver.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The directory this program was unpacked into: {@code bin/}, {@code lib/} with this very jar, {@code data/}. */
final class Distribution {
    private Distribution() {}

    /** Empty when the classes were not loaded from such a directory. */
    static Optional<Path> home() {
        try {
            Path jar = Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Optional.ofNullable(jar.getParent())
                    .filter(lib -> lib.endsWith("lib"))
                    .map(Path::getParent);
        } catch (URISyntaxException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** The demo's input. */
    static Path demoData() {
        return home().map(home -> home.resolve("data/zipcodes.tsv"))
                .filter(Files::isReadable)
                .orElseThrow(() -> new UsageError(
                        "the demo's data is not beside this program; give --input FILE with lines of two tab-separated"
                                + " integers"));
    }
}
