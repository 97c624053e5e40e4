package dev.kindling.storage;

/** An object as it was listed: what no later version of it shares. Written {@code tag/size}. */
public record ObjectVersion(String tag, long byteCount) {
    public static ObjectVersion parse(String text) {
        int slash = text.lastIndexOf('/');
        return new ObjectVersion(text.substring(0, slash), Long.parseLong(text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return tag + "/" + byteCount;
    }
}
