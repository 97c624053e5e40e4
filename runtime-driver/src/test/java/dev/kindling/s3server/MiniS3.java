package dev.kindling.s3server;

import dev.kindling.testserver.CommandLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The process of a small S3 server, which keeps objects in memory and checks signatures. Its commands:
 *
 * <pre>
 * bucket NAME                         makes a bucket
 * put FILE BUCKET KEY                 copies a file of this machine
 * get BUCKET PREFIX FILE              copies the objects whose keys begin so into one file, one behind the other
 * user KEY SECRET rw|ro|get           get: GetObject only, and a missing key is forbidden, as with S3
 * fail OPERATION STATUS CODE TIMES    the next calls of a method of BlobStore fail
 * hold OPERATION TIMES                after so many calls of it, all others of it wait
 * held                                how many calls wait
 * release                             they go on
 * cut BYTES TIMES                     the next bodies end so early, and their connection breaks
 * shorten BYTES TIMES                 the next bodies end so early, and their Content-Length says so
 * counts                              calls of each operation since the last question
 * forget KEY                          nobody has this key any more
 * public BUCKET KEY                   all may list the one and read the other, without signing
 * signers                             keys that requests were signed with since the last question
 * identities KEY                      instance metadata, container credentials and STS that give out this key; answers
 *                                     their URL
 * given                               how often they gave one out since the last question
 * issue KEY SECONDS                   from now on they give out this one, which expires so soon
 * </pre>
 */
public final class MiniS3 {
    private static final String FIRST_KEY = "AKIAKINDLINGTESTROOT";
    private static final String FIRST_SECRET = "test-root-secret";

    private final BlobStore store = BlobStores.create("transient", new Properties());
    private final Map<String, AccessGrant> users = new ConcurrentHashMap<>();
    private final Faults faults = new Faults();
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final Set<String> signers = ConcurrentHashMap.newKeySet();
    private final IdentityServices identities = new IdentityServices(secrets);

    private MiniS3() {
        addUser(FIRST_KEY, FIRST_SECRET, "rw");
    }

    /** @param args port, 0 for any; to be tried by hand, {@code --by-hand} and files for the bucket {@code data} */
    public static void main(String[] args) throws Exception {
        MiniS3 server = new MiniS3();
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(server.store)
                // Session tokens, for one, are headers that it does not know.
                .ignoreUnknownHeaders(true)
                .endpoint(URI.create("http://127.0.0.1:" + args[0]))
                .awsAuthentication(AuthenticationType.AWS_V4, FIRST_KEY, FIRST_SECRET)
                .build();
        proxy.setBlobStoreLocator((key, bucket, object) -> server.grantOf(key));
        proxy.start();
        String url = "http://127.0.0.1:" + proxy.getPort();
        if (args.length > 1 && args[1].equals(CommandLoop.BY_HAND)) {
            server.perform(new String[] {"bucket", "data"});
            for (int i = 2; i < args.length; i++) {
                Path file = Path.of(args[i]);
                server.put(file, "data", file.getFileName().toString());
                System.out.println("s3: " + file + " is s3://data/" + file.getFileName());
            }
            CommandLoop.untilKilled("s3: ready until Ctrl-C; in another terminal\nexport AWS_ENDPOINT_URL_S3=" + url
                    + " AWS_ACCESS_KEY_ID=" + FIRST_KEY + " AWS_SECRET_ACCESS_KEY=" + FIRST_SECRET);
        }
        CommandLoop.run(url, server::perform);
    }

    private String perform(String[] words) throws IOException {
        switch (words[0]) {
            case "bucket" ->
                store.createContainer(
                        CreateBucketRequest.builder().bucket(words[1]).build());
            case "put" -> put(Path.of(words[1]), words[2], words[3]);
            case "get" -> get(words[1], words[2], Path.of(words[3]));
            case "user" -> addUser(words[1], words[2], words[3]);
            case "fail" -> faults.fail(words[1], Integer.parseInt(words[2]), words[3], Integer.parseInt(words[4]));
            case "hold" -> faults.hold(words[1], Integer.parseInt(words[2]));
            case "held" -> {
                return Integer.toString(faults.held());
            }
            case "release" -> faults.release();
            case "cut" -> faults.cut(Long.parseLong(words[1]), false, Integer.parseInt(words[2]));
            case "shorten" -> faults.cut(Long.parseLong(words[1]), true, Integer.parseInt(words[2]));
            case "counts" -> {
                return faults.takeCounts();
            }
            case "forget" -> users.remove(words[1]);
            case "public" -> {
                store.setContainerAccess(words[1], BucketCannedACL.PUBLIC_READ);
                store.setBlobAccess(words[1], words[2], ObjectCannedACL.PUBLIC_READ);
            }
            case "signers" -> {
                String all = String.join(",", new TreeSet<>(signers));
                signers.clear();
                return all;
            }
            case "identities" -> {
                identities.issue(words[1], 1_000_000);
                return identities.start();
            }
            case "given" -> {
                return Integer.toString(identities.takeGiven());
            }
            case "issue" -> identities.issue(words[1], Long.parseLong(words[2]));
            default -> throw new IllegalArgumentException("no such command");
        }
        return "";
    }

    private AccessGrant grantOf(String key) {
        if (key == null) {
            return null;
        }
        signers.add(key);
        return users.get(key);
    }

    private void put(Path file, String bucket, String key) throws IOException {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(bucket)
                .key(key)
                .contentLength(Files.size(file))
                .build();
        try (InputStream bytes = Files.newInputStream(file)) {
            store.putBlob(request, bytes);
        }
    }

    private void get(String bucket, String prefix, Path file) throws IOException {
        ListObjectsV2Request below =
                ListObjectsV2Request.builder().bucket(bucket).prefix(prefix).build();
        try (OutputStream out = Files.newOutputStream(file)) {
            for (S3Object object : store.list(below).contents()) {
                try (InputStream bytes = store.getBlob(bucket, object.key())) {
                    bytes.transferTo(out);
                }
            }
        }
    }

    private void addUser(String key, String secret, String rights) {
        secrets.put(key, secret);
        users.put(key, new AccessGrant(secret, faults.around(store, rights)));
    }
}
