package dev.kindling.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProtocolPageTest {
    private static final Path SOURCES = Path.of("runtime-core/src/main/java");

    @Test
    void theCommittedPageIsWhatTheRecordsSay() throws IOException {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve(SOURCES))) {
            top = top.getParent();
        }
        Path page = top.resolve("docs/protocol.md");
        String current = ProtocolPage.of(top.resolve(SOURCES));
        if (Boolean.getBoolean("kindling.docs.write")) {
            Files.writeString(page, current);
        }

        assertEquals(
                current,
                Files.readString(page),
                "docs/protocol.md is stale: run this test with -Dkindling.docs.write=true; and if frames of this version have"
                        + " left the house, raise FrameCodec.VERSION");
    }
}
