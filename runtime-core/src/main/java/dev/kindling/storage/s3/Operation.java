package dev.kindling.storage.s3;

/** What is asked of S3, and the permission it takes. */
enum Operation {
    READ("read", "s3:GetObject"),
    LIST("list", "s3:ListBucket"),
    WRITE("write", "s3:PutObject"),
    DELETE("delete", "s3:DeleteObject"),
    ABORT_UPLOAD("abort an upload of", "s3:AbortMultipartUpload"),
    LIST_PARTS("list the uploaded parts of", "s3:ListMultipartUploadParts"),
    LIST_UPLOADS("list the unfinished uploads to", "s3:ListBucketMultipartUploads");

    final String verb;
    final String permission;

    Operation(String verb, String permission) {
        this.verb = verb;
        this.permission = permission;
    }

    /** Whether the permission is one on the bucket, not on objects in it. */
    boolean isOfBucket() {
        return this == LIST || this == LIST_UPLOADS;
    }
}
