package dev.kindling.storage.s3;

/** An object as it was listed: what no later version of it shares. Written {@code etag/size}. */
record S3Version(String etag, long byteCount) {
    static S3Version parse(String text) {
        int slash = text.lastIndexOf('/');
        return new S3Version(text.substring(0, slash), Long.parseLong(text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return etag + "/" + byteCount;
    }
}
