package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.Locale;

/**
 * A bucket and a key, as {@code s3://bucket/key} names them. The key is what it says: nothing is decoded, no slash is
 * taken out.
 *
 * @param scheme as it was written, in lower case
 * @param key without the slash after the bucket; empty for the whole bucket
 */
record S3Path(String scheme, String bucket, String key) {
    static S3Path parse(String path) {
        int colon = path.indexOf(":/");
        String scheme = path.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
        if (!path.startsWith("://", Math.max(0, colon))) {
            throw bad(path, "it needs two slashes after the scheme");
        }
        int start = colon + 3;
        int slash = path.indexOf('/', start);
        String bucket = slash < 0 ? path.substring(start) : path.substring(start, slash);
        if (bucket.indexOf('@') >= 0) {
            // What stands there may be keys: neither they nor what follows is repeated.
            throw bad(
                    scheme + "://...",
                    "keys have no place in a path, where everybody sees them; give them as environment variables, system"
                            + " properties or a profile");
        }
        if (bucket.isEmpty() || bucket.chars().anyMatch(c -> "*?[]{}\\ %".indexOf(c) >= 0)) {
            throw bad(path, "'" + bucket + "' is not the name of a bucket");
        }
        return new S3Path(scheme, bucket, slash < 0 ? "" : path.substring(slash + 1));
    }

    private static KindlingException bad(String path, String why) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT, "cannot use the path " + path + ": " + why + "; write s3://bucket/key");
    }

    S3Path withKey(String other) {
        return new S3Path(scheme, bucket, other);
    }

    /** What lies in this one seen as a directory; the bucket itself is one. */
    S3Path child(String name) {
        return withKey(directoryPrefix() + name);
    }

    /** With what the keys of all that is in it begin. */
    String directoryPrefix() {
        return key.isEmpty() || key.endsWith("/") ? key : key + "/";
    }

    /** The last name of the key. */
    String name() {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    String arn() {
        return "arn:aws:s3:::" + bucket + "/" + key;
    }

    @Override
    public String toString() {
        return scheme + "://" + bucket + "/" + key;
    }
}
