package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindling.config.Config;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What of our settings reaches the SDK's client. Nothing is sent but to a server of the test. */
class S3ConnectionTest {
    @BeforeEach
    void haveKeys() {
        TestBucket.actAs("AKIACONNECTION", "secret");
    }

    @AfterEach
    void haveNone() {
        TestBucket.actAsNobody();
    }

    private static S3Connection open(String... more) {
        Map<String, String> entries = new TreeMap<>(Map.of("kindling.s3.region", "eu-central-1"));
        for (int i = 0; i < more.length; i += 2) {
            entries.put(more[i], more[i + 1]);
        }
        return S3Connection.open(S3Settings.of(Config.parse(entries)));
    }

    private static String urlOf(String... settings) {
        try (S3Connection connection = open(settings)) {
            return connection
                    .client()
                    .utilities()
                    .getUrl(url -> url.bucket("bucket").key("key"))
                    .toString();
        }
    }

    /** By itself the SDK does so for addresses only, and the names of most other servers know no buckets. */
    @Test
    void pathsHoldTheBucketWhereAnotherServerIsNamed() {
        assertEquals(
                "http://s3.example.org:9000/bucket/key", urlOf("kindling.s3.endpoint", "http://s3.example.org:9000"));
        assertEquals(
                "http://bucket.s3.example.org:9000/key",
                urlOf("kindling.s3.endpoint", "http://s3.example.org:9000", "kindling.s3.pathStyle", "false"));
        assertEquals("https://s3.eu-central-1.amazonaws.com/bucket/key", urlOf("kindling.s3.pathStyle", "true"));
    }

    @Test
    void otherServersAreSentNoTrailingChecksums() throws IOException {
        try (RecordingServer server = new RecordingServer();
                S3Connection connection = open("kindling.s3.endpoint", server.url())) {
            assertThrows(
                    S3Exception.class,
                    () -> connection
                            .client()
                            .putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromString("text")));

            assertNotNull(server.lastHeader("Authorization"));
            assertNull(server.lastHeader("x-amz-trailer"));
            assertNull(server.lastHeader("x-amz-sdk-checksum-algorithm"));
        }
    }
}
