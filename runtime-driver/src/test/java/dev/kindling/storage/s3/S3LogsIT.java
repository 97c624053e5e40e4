package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a program sees that logs everything, with a back end of its own. */
class S3LogsIT {
    @Test
    void atDebugNeitherRowsNorHeadersAreLogged() throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        root.addAppender(lines);
        root.setLevel(Level.DEBUG);
        try (TestBucket bucket = new TestBucket()) {
            bucket.put("in", "canary-row\n");
            assertEquals("canary-row\n", bucket.text("in"));
        } finally {
            root.setLevel(before);
            root.detachAppender(lines);
        }

        String all = lines.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.joining("\n"));

        assertTrue(all.contains("software.amazon"), all);
        assertFalse(all.contains("canary-row"), all);
        assertFalse(all.contains("AWS4-HMAC-SHA256"), all);
    }
}
