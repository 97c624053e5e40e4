package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.ObjectStore;
import dev.kindling.storage.OutputStore;
import dev.kindling.storage.Storage;
import dev.kindling.storage.UploadOutput;

/** S3 as one application uses it: one client and its threads, made by the first path. Names no class of the SDK. */
final class S3Storage implements Storage {
    private final S3Settings settings;
    private final ObjectStore objects = new S3ObjectStore(this);
    private final OutputStore outputs = new UploadOutput(new S3Targets(this), step -> {});
    private S3Calls calls;
    private boolean isClosed;

    S3Storage(S3Settings settings) {
        this.settings = settings;
    }

    @Override
    public ObjectStore objects() {
        return objects;
    }

    @Override
    public OutputStore outputs() {
        return outputs;
    }

    /** @param path which needs it */
    synchronized S3Calls calls(String path) {
        if (isClosed) {
            throw new KindlingException(ErrorCode.CLOSED, "cannot use " + path + ": its application has ended");
        }
        if (calls == null) {
            SdkLibraries.require(path);
            calls = new S3Calls(settings);
        }
        return calls;
    }

    /** The client, and the credentials from wherever they are. */
    @Override
    public void prepare() {
        calls("s3://").connection().credentials().resolveCredentials();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (calls != null) {
            calls.close();
            calls = null;
        }
    }
}
