//===- address_test.cpp - Addresses, and sockets that listen there --------===//
#include "guest.h"
#include "wasi/address.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

/// As inet_ntop has it, with the port; "" for what is none.
std::string parse(const char *text) {
  Address address;
  if (!parseAddress(text, address))
    return "";
  char shown[INET6_ADDRSTRLEN] = {};
  if (address.family() == AF_INET) {
    auto *in = reinterpret_cast<const sockaddr_in *>(address.bytes);
    EXPECT_EQ(address.byteLength, sizeof *in);
    inet_ntop(AF_INET, &in->sin_addr, shown, sizeof shown);
    return shown + (":" + std::to_string(ntohs(in->sin_port)));
  }
  auto *in = reinterpret_cast<const sockaddr_in6 *>(address.bytes);
  EXPECT_EQ(address.byteLength, sizeof *in);
  EXPECT_EQ(address.family(), AF_INET6);
  inet_ntop(AF_INET6, &in->sin6_addr, shown, sizeof shown);
  return "[" + std::string(shown) + "]:" + std::to_string(ntohs(in->sin6_port));
}

TEST(Address, Forms) {
  EXPECT_EQ(parse("127.0.0.1:80"), "127.0.0.1:80");
  EXPECT_EQ(parse("255.255.255.255:65535"), "255.255.255.255:65535");
  EXPECT_EQ(parse("localhost:1"), "127.0.0.1:1");
  EXPECT_EQ(parse("*:0"), "0.0.0.0:0");
  for (const char *same :
       {"[::]:1", "[::1]:8080", "[fe80::1:2]:9", "[2001:db8::]:443",
        "[1:2:3:4:5:6:7:8]:1", "[1::8]:1", "[ABcd::]:2"}) {
    std::string lower = same;
    for (char &byte : lower)
      byte = static_cast<char>(tolower(byte));
    EXPECT_EQ(parse(same), lower);
  }
  for (const char *bad : {"",
                          ":",
                          ":80",
                          "127.0.0.1",
                          "127.0.0.1:",
                          "127.0.0.1:65536",
                          "127.0.0.1:1x",
                          "127.0.0:1",
                          "127.0.0.256:1",
                          "1.2.3.4.5:1",
                          "localhost",
                          "example.org:80",
                          "[::1]",
                          "[::1:80",
                          "[:::]:1",
                          "[1::2::3]:1",
                          "[1:2:3:4:5:6:7]:1",
                          "[1:2:3:4:5:6:7:8:9]:1",
                          "[12345::]:1",
                          "[1:]:1",
                          "[:1]:1",
                          "[]:1",
                          "[g::]:1",
                          "*",
                          "-1:1",
                          "127.0.0.1:-1",
                          "127.0.0.1:+1",
                          "127.0.0.1: 1"})
    EXPECT_EQ(parse(bad), "") << bad;
}

TEST_F(Guest, AcceptsWhereItWasToldToListen) {
  static char any[] = "127.0.0.1:0";
  static void *listeners[] = {any};
  wrought_config.listeners = listeners;
  wrought_config.listenerCount = 1;
  const uint32_t listener = firstFreeFd;
  Use use = theState.descriptors.find(listener);
  ASSERT_TRUE(use);
  sockaddr_in bound = {};
  socklen_t length = sizeof bound;
  ASSERT_EQ(
      getsockname(use->hostFd, reinterpret_cast<sockaddr *>(&bound), &length),
      0);
  EXPECT_EQ(bound.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  int client = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(connect(client, reinterpret_cast<sockaddr *>(&bound), length), 0);
  ASSERT_EQ(::write(client, "hello", 5), 5);
  ASSERT_EQ(wrought_wasi_sock_accept(listener, 0, resultAt), Errno::Success);
  uint32_t connection = at<uint32_t>(resultAt);
  EXPECT_EQ(connection, listener + 1);
  std::string contents;
  EXPECT_EQ(read(connection, 10, contents), Errno::Success);
  EXPECT_EQ(contents, "hello");
  EXPECT_EQ(wrought_wasi_sock_shutdown(connection, sdflagRd | sdflagWr),
            Errno::Success);
  ::close(client);
}

TEST_F(Guest, AddressesInUseAreReported) {
  static char bad[] = "256.0.0.1:1";
  static void *listeners[] = {bad};
  wrought_config.listeners = listeners;
  wrought_config.listenerCount = 1;
  EXPECT_EXIT(theState.descriptors.find(3), testing::ExitedWithCode(1),
              "cannot open granted socket '256.0.0.1:1': Not an address");
}

} // namespace
} // namespace wrought::wasi
