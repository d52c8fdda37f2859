Attribute VB_Name = "sheetsales_libreoffice"

' Runs in LibreOffice alone: Excel knows no ThisComponent, and never calls this.
' Started are a file of the user's own home and two words: which button, and the number that
' LibreOffice itself gives to an open document.

Public Sub PressInLibreOffice(ByVal Word As String)
    Dim Launcher As String
    Launcher = Environ("HOME") & "/.sheetsales/press"
    If Environ("HOME") = "" Then Launcher = Environ("USERPROFILE") & "\.sheetsales\press.cmd"
    If Dir(Launcher) = "" Then
        MsgBox "sheetsales is not connected yet. Run once:  sheetsales doctor --fix"
    Else
        Shell """" & Launcher & """ " & Word & " " & ThisComponent.RuntimeUID, 0
    End If
End Sub
