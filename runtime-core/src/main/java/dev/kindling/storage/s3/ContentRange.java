package dev.kindling.storage.s3;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Which bytes of an object an answer says it holds, {@code to} excluded, and how many the object has. */
record ContentRange(long from, long to, long fileBytes) {
    private static final Pattern FORM = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    static ContentRange of(GetObjectResponse answer) throws IOException {
        String text = answer.contentRange();
        if (text == null) {
            if (answer.contentLength() == null) {
                throw new IOException("the server does not say how long its answer is");
            }
            return new ContentRange(0, answer.contentLength(), answer.contentLength());
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IOException("the server sent a Content-Range that is none: " + text);
        }
        return new ContentRange(
                Long.parseLong(form.group(1)), Long.parseLong(form.group(2)) + 1, Long.parseLong(form.group(3)));
    }
}
