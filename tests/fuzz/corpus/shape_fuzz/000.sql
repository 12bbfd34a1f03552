a--b
c