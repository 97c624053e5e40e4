package dev.kindling.yarn.emr;

import dev.kindling.driver.cli.UsageError;

/**
 * A bucket, or what lies below a prefix of it.
 *
 * @param prefix without slashes at its ends; empty for the whole bucket
 */
record EmrPlace(String bucket, String prefix) {
    /** @param option that names it, for the message */
    static EmrPlace parse(String option, String path) {
        if (!path.matches("s3a?://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?") || path.contains("*")) {
            throw new UsageError(option + " is " + path + "; give s3://bucket or s3://bucket/directory, without globs");
        }
        String rest = path.substring(path.indexOf("//") + 2);
        int slash = rest.indexOf('/');
        return slash < 0
                ? new EmrPlace(rest, "")
                : new EmrPlace(
                        rest.substring(0, slash), rest.substring(slash + 1).replaceAll("^/+|/+$", ""));
    }

    /** As an URI, without a slash at its end. */
    String uri() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    String uri(String below) {
        return uri() + "/" + below;
    }
}
