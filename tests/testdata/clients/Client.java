// The requests of clients_test.ts, by the HttpClient of Java. It prefers HTTP/2,
// and so sends "Upgrade: h2c" with the first request of each connection.

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;

class Client {
  static final HttpClient client = HttpClient.newHttpClient();
  static String url;

  static HttpResponse<byte[]> send(HttpRequest.Builder builder) throws Exception {
    var response = client.send(builder.build(), BodyHandlers.ofByteArray());
    if (response.version() != HttpClient.Version.HTTP_1_1) {
      throw new Exception("answered in " + response.version());
    }
    return response;
  }

  static HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create(url + path));
  }

  static void echo(String name, byte[] body, HttpRequest.Builder builder)
      throws Exception {
    var response = send(builder);
    var isSame = Arrays.equals(body, response.body());
    System.out.println(name + " " + response.statusCode() + " " + isSame);
  }

  static HttpRequest.Builder post(BodyPublisher body) {
    return at("echo").POST(body);
  }

  static void show(String name, HttpRequest.Builder builder) throws Exception {
    var response = send(builder);
    var text = new String(response.body()).strip();
    System.out.println(name + " " + response.statusCode() + " " + text);
  }

  public static void main(String[] args) throws Exception {
    url = args[0];
    var small = "a=1&b=2".getBytes();
    var large = new byte[1_000_000];
    for (var i = 0; i < large.length; i++) large[i] = (byte) (i % 251);

    show("get", at("caf%C3%A9?a=b"));
    var head = send(at("head").method("HEAD", BodyPublishers.noBody()));
    var length = head.headers().firstValue("Content-Length").orElse("none");
    System.out.println("head " + head.statusCode() + " " + length);
    echo("small", small, post(BodyPublishers.ofByteArray(small)));
    echo("large", large, post(BodyPublishers.ofByteArray(large)));
    echo("chunked", large,
        post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));
    echo("expect", large,
        post(BodyPublishers.ofByteArray(large)).expectContinue(true));
    show("fail", at("fail"));
    show("again", at("again"));
    var unread = new byte[20_000_000];
    show("unread", at("unread").POST(BodyPublishers.ofByteArray(unread)));
    // Threads of the client would keep the program alive.
    System.exit(0);
  }
}
