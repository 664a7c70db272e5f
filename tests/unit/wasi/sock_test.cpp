//===- sock_test.cpp - Calls on sockets -----------------------------------===//
#include "guest.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

class Sockets : public Guest {
protected:
  uint32_t adopt(int hostFd) {
    Descriptor descriptor;
    descriptor.hostFd = hostFd;
    descriptor.isInherited = true;
    uint32_t fd = 0;
    EXPECT_EQ(theState.descriptors.insertFrom(descriptor, fd, 3),
              Errno::Success);
    return fd;
  }
  void makePair(uint32_t (&fds)[2], int type) {
    int host[2];
    ASSERT_EQ(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, host), 0);
    fds[0] = adopt(host[0]);
    fds[1] = adopt(host[1]);
  }
  Errno send(uint32_t fd, std::string_view text) {
    GuestString data = string(text);
    put<uint32_t>(0, data.pointer);
    put<uint32_t>(4, data.length);
    return wrought_wasi_sock_send(fd, 0, 1, 0, resultAt);
  }
  Errno receive(uint32_t fd, uint32_t length, std::string &out,
                uint32_t flags = 0) {
    put<uint32_t>(0, dataAt);
    put<uint32_t>(4, length);
    Errno error = wrought_wasi_sock_recv(fd, 0, 1, flags, resultAt, resultAt2);
    out = error == Errno::Success ? text(dataAt, at<uint32_t>(resultAt)) : "";
    return error;
  }
};

TEST_F(Sockets, SendAndReceive) {
  uint32_t pair[2];
  ASSERT_NO_FATAL_FAILURE(makePair(pair, SOCK_STREAM));
  std::string data;
  EXPECT_EQ(send(pair[0], "hello"), Errno::Success);
  EXPECT_EQ(at<uint32_t>(resultAt), 5u);
  EXPECT_EQ(receive(pair[1], 3, data, riflagPeek), Errno::Success);
  EXPECT_EQ(data, "hel");
  EXPECT_EQ(receive(pair[1], 5, data, riflagWaitall), Errno::Success);
  EXPECT_EQ(data, "hello");
  EXPECT_EQ(write(pair[0], "x"), Errno::Success);
  EXPECT_EQ(read(pair[1], 9, data), Errno::Success);
  EXPECT_EQ(data, "x");
  ASSERT_EQ(wrought_wasi_fd_fdstat_get(pair[0], dataAt), Errno::Success);
  EXPECT_EQ(at<FileType>(dataAt), FileType::SocketStream);
  EXPECT_EQ(receive(pair[1], 5, data, 4), Errno::Inval);
  EXPECT_EQ(wrought_wasi_sock_send(pair[0], 0, 1, 1, resultAt), Errno::Inval);
}

TEST_F(Sockets, DatagramsSayWhenTheyAreCut) {
  uint32_t pair[2];
  ASSERT_NO_FATAL_FAILURE(makePair(pair, SOCK_DGRAM));
  std::string data;
  EXPECT_EQ(send(pair[0], "hello"), Errno::Success);
  EXPECT_EQ(receive(pair[1], 2, data), Errno::Success);
  EXPECT_EQ(data, "he");
  EXPECT_EQ(at<uint16_t>(resultAt2), roflagTruncated);
  ASSERT_EQ(wrought_wasi_fd_fdstat_get(pair[0], dataAt), Errno::Success);
  EXPECT_EQ(at<FileType>(dataAt), FileType::SocketDgram);
}

TEST_F(Sockets, Shutdown) {
  uint32_t pair[2];
  ASSERT_NO_FATAL_FAILURE(makePair(pair, SOCK_STREAM));
  std::string data;
  EXPECT_EQ(wrought_wasi_sock_shutdown(pair[0], 0), Errno::Inval);
  EXPECT_EQ(wrought_wasi_sock_shutdown(pair[0], 4), Errno::Inval);
  EXPECT_EQ(wrought_wasi_sock_shutdown(pair[0], sdflagWr), Errno::Success);
  EXPECT_EQ(receive(pair[1], 2, data), Errno::Success);
  EXPECT_EQ(data, "");
  // No SIGPIPE either.
  EXPECT_EQ(send(pair[0], "x"), Errno::Pipe);
  EXPECT_EQ(wrought_wasi_sock_shutdown(pair[1], sdflagRd | sdflagWr),
            Errno::Success);
}

TEST_F(Sockets, Accept) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::string path = host("socket");
  memcpy(address.sun_path, path.c_str(), path.size());
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(
      bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address),
      0);
  ASSERT_EQ(listen(listener, 1), 0);
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(
      connect(client, reinterpret_cast<sockaddr *>(&address), sizeof address),
      0);
  // As granted in the environment.
  std::string variable = "WROUGHT_GRANTS=socket=" + std::to_string(listener);
  char *environment[] = {variable.data(), nullptr};
  process.environment = environment;
  restart();
  const uint32_t granted = firstFreeFd;
  EXPECT_EQ(wrought_wasi_sock_accept(granted, 1, resultAt), Errno::Inval);
  ASSERT_EQ(wrought_wasi_sock_accept(granted, fdflagNonblock, resultAt),
            Errno::Success);
  auto fd = at<uint32_t>(resultAt);
  EXPECT_EQ(fd, granted + 1);
  std::string data;
  EXPECT_EQ(receive(fd, 5, data), Errno::Again);
  EXPECT_EQ(::send(client, "abc", 3, 0), 3);
  EXPECT_EQ(receive(fd, 5, data), Errno::Success);
  EXPECT_EQ(data, "abc");
  EXPECT_EQ(wrought_wasi_sock_accept(fd, 0, resultAt), Errno::Notcapable);
  close(listener);
  close(client);
}

TEST_F(Sockets, OtherDescriptorsAreNotSockets) {
  uint32_t file = mustOpen("file", rights::file);
  std::string data;
  for (uint32_t fd : {file, grantFd}) {
    EXPECT_EQ(wrought_wasi_sock_shutdown(fd, sdflagRd), Errno::Notsock);
    EXPECT_EQ(wrought_wasi_sock_accept(fd, 0, resultAt), Errno::Notsock);
    EXPECT_EQ(send(fd, "x"), Errno::Notsock);
    EXPECT_EQ(receive(fd, 1, data), Errno::Notsock);
  }
  EXPECT_EQ(wrought_wasi_sock_shutdown(99, sdflagRd), Errno::Badf);
  EXPECT_EQ(wrought_wasi_sock_accept(99, 0, resultAt), Errno::Badf);
  EXPECT_EQ(send(99, "x"), Errno::Badf);
}

} // namespace
} // namespace wrought::wasi
