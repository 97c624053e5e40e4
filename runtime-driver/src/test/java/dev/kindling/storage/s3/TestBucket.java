package dev.kindling.storage.s3;

import dev.kindling.config.Config;
import dev.kindling.s3server.S3Server;
import dev.kindling.storage.ObjectStore;
import dev.kindling.storage.OutputStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A bucket of its own at the test server, and this process's identity and settings for it, until it is closed. */
final class TestBucket implements AutoCloseable {
    static final String KEY = "AKIAKINDLINGTESTROOT";
    static final String SECRET = "test-root-secret";

    private static final AtomicInteger LAST = new AtomicInteger();

    final S3Server server = S3Server.shared();
    final String name = "bucket-" + ProcessHandle.current().pid() + "-" + LAST.incrementAndGet();
    final Map<String, String> entries = new LinkedHashMap<>();
    private S3Storage storage;

    TestBucket(String... moreSettings) {
        server.tell("bucket " + name);
        actAs(KEY, SECRET);
        storage = open(moreSettings);
    }

    static void actAs(String key, String secret) {
        System.setProperty("aws.accessKeyId", key);
        System.setProperty("aws.secretAccessKey", secret);
    }

    static void actAsNobody() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    /** Other settings from now on, and another client. */
    void reconfigure(String... moreSettings) {
        storage.close();
        storage = open(moreSettings);
    }

    private S3Storage open(String... more) {
        entries.clear();
        entries.put("kindling.s3.endpoint", server.url());
        for (int i = 0; i < more.length; i += 2) {
            entries.put(more[i], more[i + 1]);
        }
        return new S3Storage(S3Settings.of(config()));
    }

    Config config() {
        return Config.parse(entries);
    }

    S3Calls calls() {
        return storage.calls(path(""));
    }

    ObjectStore objects() {
        return storage.objects();
    }

    OutputStore outputs() {
        return storage.outputs();
    }

    String path(String key) {
        return "s3://" + name + "/" + key;
    }

    void put(String key, String text) {
        put(key, text.getBytes(StandardCharsets.UTF_8));
    }

    void put(String key, byte[] bytes) {
        calls().client().putObject(put -> put.bucket(name).key(key), RequestBody.fromBytes(bytes));
    }

    List<String> keys() throws IOException {
        return S3Objects.list(calls(), S3Path.parse(path("")), Integer.MAX_VALUE).stream()
                .map(S3Object::key)
                .toList();
    }

    String text(String key) throws IOException {
        return S3Objects.read(calls(), S3Path.parse(path(key))).orElseThrow();
    }

    int unfinishedUploads() throws IOException {
        return UploadName.all(calls(), S3Path.parse(path(""))).size();
    }

    @Override
    public void close() {
        storage.close();
        actAsNobody();
        server.tell("fail getBlob 500 InternalError 0");
        server.tell("cut 0 0");
    }
}
