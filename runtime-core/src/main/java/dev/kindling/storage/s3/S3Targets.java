package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.TargetObjects;

/** Where output goes in S3. Names no class of the SDK: it is loaded when the first path is used. */
final class S3Targets implements TargetObjects.Store {
    private final S3Storage storage;

    S3Targets(S3Storage storage) {
        this.storage = storage;
    }

    /** Without a slash at the end. */
    @Override
    public String qualify(String target) {
        S3Path path = S3Path.parse(target);
        String key = path.key();
        while (key.endsWith("/")) {
            key = key.substring(0, key.length() - 1);
        }
        return path.withKey(key).toString();
    }

    @Override
    public TargetObjects of(String target) {
        S3Path path = S3Path.parse(target);
        if (path.key().isEmpty()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "cannot write to the whole bucket " + path + "; name a directory in it");
        }
        return new S3TargetObjects(storage.calls(target), path);
    }
}
