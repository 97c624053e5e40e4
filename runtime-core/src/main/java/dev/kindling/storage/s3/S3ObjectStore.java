package dev.kindling.storage.s3;

import dev.kindling.storage.ObjectStore;
import dev.kindling.storage.RangeReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Reads objects of S3. A key up to a slash is a directory; directories, globs, hidden names and literal names mean what
 * they mean for local files. An object's version is its ETag and size. Names no class of the SDK: it is loaded when the
 * first path is used.
 */
final class S3ObjectStore implements ObjectStore {
    private final S3Storage storage;

    S3ObjectStore(S3Storage storage) {
        this.storage = storage;
    }

    @Override
    public List<StoredFile> list(String path, boolean isRecursive) throws IOException {
        // Asked for first: without the SDK nothing behind it can be loaded.
        S3Calls calls = storage.calls(path);
        return new S3Listing(calls).files(S3Path.parse(path), isRecursive);
    }

    /** Sends its first request when the first byte is read. */
    @Override
    public InputStream open(String path, long offset, long wanted, String version) {
        S3Calls calls = storage.calls(path);
        return calls.readAhead()
                .of(new RangeReader(new S3RangedObject(calls, S3Path.parse(path)), offset, wanted, version), wanted);
    }
}
