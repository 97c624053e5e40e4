package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Glob;
import dev.kindling.storage.Inputs;
import dev.kindling.storage.ObjectStore.StoredFile;
import dev.kindling.storage.ObjectVersion;
import dev.kindling.util.NearestNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What paths stand for. Listings of one directory come page by page, those of several directories at once. Safe for many
 * threads.
 */
final class S3Listing {
    /** The most that S3 gives at once. */
    private static final int PAGE_KEYS = 1_000;

    private final S3Calls calls;
    private final int pageKeys;

    S3Listing(S3Calls calls) {
        this(calls, PAGE_KEYS);
    }

    S3Listing(S3Calls calls, int pageKeys) {
        this.calls = calls;
        this.pageKeys = pageKeys;
    }

    /** An object, or a directory when {@code file} is empty. */
    private record Node(S3Path path, Optional<StoredFile> file) implements Comparable<Node> {
        @Override
        public int compareTo(Node other) {
            return path.toString().compareTo(other.path.toString());
        }
    }

    /** What the path, directory or glob stands for, sorted by path. */
    List<StoredFile> files(S3Path path, boolean isRecursive) throws IOException {
        Optional<Node> literal = find(path);
        List<Node> roots = List.of();
        if (literal.isPresent()) {
            roots = List.of(literal.get());
        } else if (Glob.isSpecial(path.key())) {
            roots = Glob.matches(path.key(), new Keys(path.withKey("")));
        }
        if (roots.isEmpty()) {
            throw notFound(path);
        }
        List<StoredFile> files = new ArrayList<>();
        calls.each(roots, root -> filesOf(root, isRecursive)).forEach(files::addAll);
        return files;
    }

    private List<StoredFile> filesOf(Node root, boolean isRecursive) throws IOException {
        if (root.file().isPresent()) {
            return List.of(root.file().get());
        }
        List<StoredFile> files = new ArrayList<>();
        S3Path directory = root.path();
        String prefix = directory.directoryPrefix();
        if (isRecursive) {
            pages(directory, prefix, "", page -> addVisible(directory, prefix, page.contents(), files));
            return files;
        }
        for (var child : children(directory, "").entrySet()) {
            Node node = child.getValue();
            if (Glob.isHidden(child.getKey())) {
                continue;
            }
            files.add(node.file().orElseThrow(() -> Inputs.directoryIn(directory.toString(), child.getKey())));
        }
        return files;
    }

    private static void addVisible(S3Path directory, String prefix, List<S3Object> objects, List<StoredFile> files) {
        for (S3Object object : objects) {
            String below = object.key().substring(prefix.length());
            boolean isMarker = below.isEmpty() || below.endsWith("/");
            if (!isMarker && List.of(below.split("/")).stream().noneMatch(Glob::isHidden)) {
                files.add(stored(directory.withKey(object.key()), object.eTag(), object.size()));
            }
        }
    }

    private static StoredFile stored(S3Path path, String etag, long byteCount) {
        return new StoredFile(path.toString(), byteCount, new ObjectVersion(etag, byteCount).toString(), List.of());
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    /** The object of this very key, or the directory. */
    private Optional<Node> find(S3Path path) throws IOException {
        if (path.key().isEmpty()) {
            return Optional.of(new Node(path, Optional.empty()));
        }
        SdkException refusal = null;
        if (!path.key().endsWith("/")) {
            Tries tries = calls.tries();
            try {
                HeadObjectResponse head = calls.trying(
                        path, Operation.READ, tries, () -> calls.client().headObject(headOf(path)));
                if (head.contentLength() == null) {
                    throw new IOException("the server does not say how long " + path + " is");
                }
                return Optional.of(new Node(path, Optional.of(stored(path, head.eTag(), head.contentLength()))));
            } catch (SdkException e) {
                if (!S3Failures.isMissing(e)) {
                    refusal = e;
                }
            }
        }
        if (refusal == null || S3Failures.statusOf(refusal) == 403 && mayList(path)) {
            if (isDirectory(path)) {
                return Optional.of(new Node(path, Optional.empty()));
            }
        }
        if (refusal != null) {
            throw explained(path, refusal);
        }
        return Optional.empty();
    }

    private HeadObjectRequest headOf(S3Path path) {
        return HeadObjectRequest.builder().bucket(path.bucket()).key(path.key()).build();
    }

    private boolean mayList(S3Path path) throws IOException {
        try {
            calls.trying(
                    path,
                    Operation.LIST,
                    calls.tries(),
                    () -> calls.client()
                            .listObjectsV2(listOf(path, path.directoryPrefix(), "")
                                    .maxKeys(1)
                                    .build()));
            return true;
        } catch (SdkException e) {
            return false;
        }
    }

    private boolean isDirectory(S3Path path) throws IOException {
        ListObjectsV2Response answer = calls.list(
                path, listOf(path, path.directoryPrefix(), "").maxKeys(1).build());
        return !answer.contents().isEmpty();
    }

    /** The answer to HEAD has no body and so no code: asking for a byte brings one. */
    private KindlingException explained(S3Path path, SdkException refusal) throws IOException {
        Tries tries = calls.tries();
        try {
            GetObjectRequest.Builder request = GetObjectRequest.builder()
                    .bucket(path.bucket())
                    .key(path.key())
                    .range("bytes=0-0");
            calls.trying(path, Operation.READ, tries, () -> {
                calls.client().getObject(request.build()).abort();
                return null;
            });
            return calls.failed(path, Operation.READ, refusal, tries);
        } catch (SdkException e) {
            return calls.failed(path, Operation.READ, e, tries);
        }
    }

    /** The names of a bucket as a tree. */
    private final class Keys implements Glob.Tree<Node> {
        private final S3Path bucket;

        Keys(S3Path bucket) {
            this.bucket = bucket;
        }

        @Override
        public Node root(boolean isAbsolute) {
            return new Node(bucket, Optional.empty());
        }

        @Override
        public Optional<Node> child(Node directory, String name) throws IOException {
            return directory.file().isPresent()
                    ? Optional.empty()
                    : find(directory.path().child(name));
        }

        @Override
        public SortedMap<String, Node> children(Node directory) throws IOException {
            return childrenOf(directory, "");
        }

        @Override
        public List<SortedMap<String, Node>> childrenOfEach(List<Node> directories, String start) throws IOException {
            return calls.each(directories, directory -> childrenOf(directory, start));
        }

        private SortedMap<String, Node> childrenOf(Node directory, String start) throws IOException {
            return directory.file().isPresent() ? new TreeMap<>() : S3Listing.this.children(directory.path(), start);
        }
    }

    // ---- listings -------------------------------------------------------------------------------------------------

    /** By their names, those that begin with {@code start}. */
    private SortedMap<String, Node> children(S3Path directory, String start) throws IOException {
        SortedMap<String, Node> children = new TreeMap<>();
        String prefix = directory.directoryPrefix();
        pages(directory, prefix + start, "/", page -> {
            for (S3Object object : page.contents()) {
                String name = object.key().substring(prefix.length());
                if (!name.isEmpty()) {
                    S3Path path = directory.withKey(object.key());
                    children.put(name, new Node(path, Optional.of(stored(path, object.eTag(), object.size()))));
                }
            }
            page.commonPrefixes().forEach(common -> {
                String key = common.prefix().substring(0, common.prefix().length() - 1);
                String name = key.substring(prefix.length());
                if (!name.isEmpty()) {
                    children.putIfAbsent(name, new Node(directory.withKey(key), Optional.empty()));
                }
            });
        });
        return children;
    }

    private void pages(S3Path path, String prefix, String delimiter, Consumer<ListObjectsV2Response> onPage)
            throws IOException {
        String token = null;
        do {
            ListObjectsV2Request request =
                    listOf(path, prefix, delimiter).continuationToken(token).build();
            ListObjectsV2Response page = calls.list(path, request);
            onPage.accept(page);
            token = page.nextContinuationToken();
        } while (token != null);
    }

    private ListObjectsV2Request.Builder listOf(S3Path path, String prefix, String delimiter) {
        return ListObjectsV2Request.builder()
                .bucket(path.bucket())
                .prefix(prefix)
                .delimiter(delimiter.isEmpty() ? null : delimiter)
                .maxKeys(pageKeys);
    }

    // ---- sentences ------------------------------------------------------------------------------------------------

    private KindlingException notFound(S3Path path) {
        return new KindlingException(
                ErrorCode.INPUT_NOT_FOUND,
                "input " + path + (Glob.isSpecial(path.key()) ? " matches no object" : " does not exist" + hint(path))
                        + " (" + calls.who() + ")");
    }

    private String hint(S3Path path) {
        String key =
                path.key().endsWith("/") ? path.key().substring(0, path.key().length() - 1) : path.key();
        S3Path parent = path.withKey(key.substring(0, Math.max(0, key.lastIndexOf('/') + 1)));
        List<String> names = new ArrayList<>();
        try {
            ListObjectsV2Response page =
                    calls.list(parent, listOf(parent, parent.key(), "/").build());
            page.contents()
                    .forEach(object ->
                            names.add(object.key().substring(parent.key().length())));
            page.commonPrefixes()
                    .forEach(common ->
                            names.add(common.prefix().substring(parent.key().length())));
        } catch (IOException | KindlingException e) {
            return "";
        }
        List<String> nearest = NearestNames.of(key.substring(parent.key().length()), names, 1);
        return nearest.isEmpty() ? ": there is nothing in " + parent : "; there is " + nearest.get(0);
    }
}
