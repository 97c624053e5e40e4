package dev.kindling.storage.s3;

import dev.kindling.config.Config;
import dev.kindling.storage.Storage;
import dev.kindling.storage.StorageProvider;
import java.util.List;

/** S3, where the AWS SDK is on the class path; it is loaded by the first path. */
public final class S3StorageProvider implements StorageProvider {
    @Override
    public List<String> schemes() {
        return List.of("s3", "s3a");
    }

    @Override
    public Storage open(Config config) {
        return new S3Storage(S3Settings.of(config));
    }
}
